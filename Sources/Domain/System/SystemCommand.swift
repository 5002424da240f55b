/// What Weir notes about itself.
package enum SystemCommand: Hashable, Sendable {
    case noteLease(LeaseAcquired)
    case noteRebuild(ProjectionRebuilt)
    case noteSwitch(ProjectionSwitched)
    case noteParked(EventParked)
    case noteRetried(ParkedRetried)
}
