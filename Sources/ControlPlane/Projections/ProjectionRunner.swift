import Domain
package import EventSourcing
package import Telemetry

/// Keeps the read models up with the log: one process at a time, the owner of the lease `projector`.
///
/// Two loops: the one takes new events into what readers see; the other builds what is made beside, compares it, switches
/// readers to it, and does what operators ask for.
package struct ProjectionRunner: Sendable {
    /// The most events that are taken in by one live step.
    package static let step: Int64 = 5_000
    /// The longest rest after a step: it has a price of its own, however few events it takes, so that some come together
    /// first, and what is recorded meanwhile is seen so much later.
    private static let longestRest = Duration.milliseconds(4)

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
    ///
    /// - Throws: `ProjectionFileError`, with which no trying again helps.
    package func run() async throws {
        while true {
            do {
                try await lease.hold { fence in try await own(fence) }
                log.warning("the projector's lease has another owner; waiting for it")
            } catch let error as ProjectionFileError {
                throw error
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
        let builder = ProjectionBuilder(events: events, projections: projections, log: log)
        try await withThrowingTaskGroup { group in
            group.addTask { try await follow(fence) }
            group.addTask { try await builder.run(fence) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Takes events into what readers see as they come.
    private func follow(_ fence: LeaseFence) async throws {
        var pauses = ProjectionPauses()
        var limit = Self.step
        while true {
            let start = ContinuousClock.now
            let step: ProjectionStep
            do {
                step = try await projections.advance(limit: limit, except: pauses.paused(), fence: fence)
            } catch is ProjectionStepTooLong where limit > 1 {
                log.warning("a live step took too long; a smaller one is tried", ["events": "\(limit)"])
                limit = max(1, limit / 8)
                continue
            }
            limit = min(Self.step, limit * 2)
            for (name, failure) in step.failures {
                pauses.pause(name)
                log.error(
                    "a projection failed and is tried again; its readers see what it had taken in before",
                    ["projection": name, "after_seq": "\(step.reached[name] ?? 0)", "error": failure])
            }
            guard !step.isBehind else { continue }
            try await Task.sleep(for: min((ContinuousClock.now - start) * 2, Self.longestRest))
            try await events.waitForEvents(after: step.head, timeout: .seconds(1))
        }
    }
}
