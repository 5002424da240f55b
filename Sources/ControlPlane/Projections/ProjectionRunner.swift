import Domain
package import EventSourcing
package import Telemetry

/// Keeps the read models up with the log: one process at a time, the owner of the lease `projector`.
package struct ProjectionRunner: Sendable {
    /// The most events that are taken in by one transaction.
    package static let step: Int64 = 5_000
    private static let systemStream = "weir"

    private let events: any EventStore
    private let projections: any ProjectionStore
    private let lease: LeaseHolder
    private let log: Log

    package init(
        events: any EventStore, projections: any ProjectionStore, leases: any LeaseStore, owner: String, log: Log
    ) {
        self.events = events
        self.projections = projections
        lease = LeaseHolder(leases: leases, name: "projector", owner: owner)
        self.log = log
    }

    /// Projects until the task is cancelled.
    package func run() async throws {
        while true {
            do {
                try await lease.hold { fence in try await own(fence) }
                log.warning("the projector's lease has another owner; waiting for it")
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try Task.checkCancellation()
                log.error("the projector stopped and starts again", ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func own(_ fence: LeaseFence) async throws {
        try await projections.install(fence: fence)
        var announced: Int64 = -1
        var pauses = ProjectionPauses()
        while true {
            let head = try await events.head()
            var isBehind = false
            var lowest = head
            for generation in try await projections.generations() {
                let now = try await advance(generation, head: head, fence, &pauses)
                isBehind = isBehind || (now.cursor < head && !pauses.isPaused(generation))
                if now.isLive { lowest = min(lowest, now.cursor) }
            }
            if lowest > announced {
                try await projections.announce(lowest)
                announced = lowest
            }
            // New events, or a rebuild that somebody has begun.
            if !isBehind { try await events.waitForEvents(after: head, timeout: .seconds(1)) }
        }
    }

    /// Advances one generation. One that fails is left alone for a while, so that the others go on.
    private func advance(
        _ generation: ProjectionGeneration, head: Int64, _ fence: LeaseFence, _ pauses: inout ProjectionPauses
    ) async throws -> ProjectionGeneration {
        guard !pauses.isPaused(generation) else { return generation }
        do {
            return try await advance(generation, head: head, fence)
        } catch TransactionFailure.fenced(let fence) {
            throw TransactionFailure.fenced(fence)
        } catch {
            try Task.checkCancellation()
            pauses.pause(generation)
            log.error(
                "a projection failed and is tried again; its readers see what it had taken in before",
                ["projection": generation.name, "after_seq": "\(generation.cursor)", "error": "\(error)"])
            return generation
        }
    }

    private func advance(
        _ generation: ProjectionGeneration, head: Int64, _ fence: LeaseFence
    ) async throws -> ProjectionGeneration {
        guard generation.cursor < head || !generation.isLive else { return generation }
        let now = try await projections.advance(generation, limit: Self.step, fence: fence)
        if now.isLive, !generation.isLive {
            log.info("readers see a new generation", ["projection": now.name, "generation": "\(now.generation)"])
            let rebuilt = ProjectionRebuilt(projection: now.name, version: now.version, throughSeq: now.cursor)
            let context = CommandContext(metadata: EventMetadata(actor: "service:projector"), fence: fence)
            try await Transactor(store: events).note(
                SystemDecider.self, .noteRebuild(rebuilt), on: Self.systemStream, context: context)
        }
        return now
    }
}
