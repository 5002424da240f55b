package import Domain
package import EventSourcing

/// Where read models are made of the log.
package protocol ProjectionStore: Sendable {
    /// Tries every statement of every read model against its tables; leaves nothing behind.
    ///
    /// - Throws: `ProjectionFileError` for the first mistake, with file and line.
    func check() async throws

    /// Makes what this program's read models need and is not there yet. A changed one is built beside the live one.
    ///
    /// - Throws: `ProjectionFileError`.
    func install(fence: LeaseFence) async throws

    /// Takes the next events into all live generations, at most `limit` into each, and into those beside them that have
    /// come as far. One that fails does not hold up the others.
    ///
    /// - Parameter names: Those that are left alone.
    /// - Throws: `TransactionFailure.fenced` when the lease has another owner; `ProjectionStepTooLong`.
    func advance(limit: Int64, except names: Set<String>, fence: LeaseFence) async throws -> ProjectionStep

    /// Takes the next events into a generation that is built beside the live one, at most `limit`, and not beyond the
    /// live one. When it is near, what only readers need is made, too.
    ///
    /// - Returns: Whether live steps take it along from now on.
    /// - Throws: `TransactionFailure.fenced`.
    func build(_ generation: ProjectionGeneration, limit: Int64, fence: LeaseFence) async throws -> Bool

    /// Compares a generation that has caught up with the live one, at one seq, and switches readers to it when both
    /// agree or somebody accepted the difference. Does nothing when it has not caught up, or readers are too busy.
    ///
    /// - Throws: `TransactionFailure.fenced`.
    func settle(_ generation: ProjectionGeneration, fence: LeaseFence) async throws

    /// Drops what readers no longer see.
    func dropRetired(fence: LeaseFence) async throws

    /// Takes in the parked events of the streams that somebody asked to try again.
    func retryParked(fence: LeaseFence) async throws

    /// What happened to read models and is not in the log yet.
    func unnoted() async throws -> [ProjectionNote]

    /// A note is in the log now.
    func noted(_ note: ProjectionNote) async throws

    /// All generations, the live ones first.
    func generations() async throws -> [ProjectionGeneration]
}

/// A step took longer than a statement may: a smaller one is to be tried.
package struct ProjectionStepTooLong: Error, Sendable {
    package init() {}
}

/// Something that happened to a read model.
package enum ProjectionNote: Hashable, Sendable {
    case switched(ProjectionSwitched)
    case parked(EventParked)
    case retried(ParkedRetried)
}
