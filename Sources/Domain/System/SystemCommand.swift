/// What Weir notes about itself.
package enum SystemCommand: Hashable, Sendable {
    /// Begins a log.
    case initialiseStore(StoreInitialised)
    case noteRestore(StoreRestored)
    case noteLease(LeaseAcquired)
    case noteRebuild(ProjectionRebuilt)
    case noteSwitch(ProjectionSwitched)
    case noteParked(EventParked)
    case noteRetried(ParkedRetried)
}
