import Domain
package import EventSourcing
package import Telemetry

/// What is done beside the live read models: building, comparing, switching, retrying, dropping, and writing down that it
/// was done.
package struct ProjectionBuilder: Sendable {
    /// The most events that are taken in by one transaction of a build: the rows that it changes several times are
    /// tidied up only between transactions, so more is not faster.
    package static let step: Int64 = 5_000
    /// How many are built at a time.
    private static let width = 2
    private static let systemStream = "weir"
    /// How often it is looked whether there is something to do, when there was and when there was not.
    private static let interval = (busy: Duration.milliseconds(100), idle: Duration.seconds(1))

    private let events: any EventStore
    private let projections: any ProjectionStore
    private let log: Log

    package init(events: any EventStore, projections: any ProjectionStore, log: Log) {
        self.events = events
        self.projections = projections
        self.log = log
    }

    func run(_ fence: LeaseFence) async throws {
        var pauses = ProjectionPauses()
        while true {
            var isBusy = false
            do {
                isBusy = try await round(fence, &pauses)
            } catch TransactionFailure.fenced(let fence) {
                throw TransactionFailure.fenced(fence)
            } catch {
                try Task.checkCancellation()
                log.error("work beside the live projections failed and is tried again", ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
            try await Task.sleep(for: isBusy ? Self.interval.busy : Self.interval.idle)
        }
    }

    /// - Returns: Whether something is built.
    private func round(_ fence: LeaseFence, _ pauses: inout ProjectionPauses) async throws -> Bool {
        let paused = pauses.paused()
        let waiting = try await projections.generations().filter {
            ($0.state == .building || $0.state == .differs) && !paused.contains($0.name)
        }
        for failed in try await buildAll(waiting, fence) { pauses.pause(failed) }
        try await projections.retryParked(fence: fence)
        try await noteAll(fence)
        try await projections.dropRetired(fence: fence)
        return waiting.contains { $0.state == .building || $0.isAccepted }
    }

    /// - Returns: The names of those that failed.
    private func buildAll(_ waiting: [ProjectionGeneration], _ fence: LeaseFence) async throws -> [String] {
        try await withThrowingTaskGroup(of: String?.self) { group in
            var rest = waiting[...]
            var failed: [String] = []
            for generation in rest.prefix(Self.width) { group.addTask { try await build(generation, fence) } }
            rest = rest.dropFirst(Self.width)
            while let outcome = try await group.next() {
                if let outcome { failed.append(outcome) }
                if let next = rest.popFirst() { group.addTask { try await build(next, fence) } }
            }
            return failed
        }
    }

    /// Builds one until it has caught up, and settles it.
    ///
    /// - Returns: Its name when it failed.
    private func build(_ generation: ProjectionGeneration, _ fence: LeaseFence) async throws -> String? {
        do {
            while try await !projections.build(generation, limit: Self.step, fence: fence) {}
            try await projections.settle(generation, fence: fence)
            return nil
        } catch TransactionFailure.fenced(let fence) {
            throw TransactionFailure.fenced(fence)
        } catch {
            try Task.checkCancellation()
            log.error(
                "a projection that is built beside the live one failed, and is tried again",
                ["projection": generation.name, "generation": "\(generation.generation)", "error": "\(error)"])
            return generation.name
        }
    }

    /// Writes down in the log what happened, each once, also when this process ended in between.
    package func noteAll(_ fence: LeaseFence) async throws {
        for note in try await projections.unnoted() {
            for (index, command) in note.commands.enumerated() {
                let key = "\(note.key)/\(index)"
                let context = CommandContext(
                    metadata: EventMetadata(actor: "service:projector"),
                    idempotency: IdempotencyKey(scope: "service:projector", key: key, fingerprint: Array(key.utf8)),
                    fence: fence)
                try await Transactor(store: events).note(
                    SystemDecider.self, command, on: Self.systemStream, context: context)
            }
            report(note)
            try await projections.noted(note)
        }
    }

    private func report(_ note: ProjectionNote) {
        switch note {
        case .switched(let switched):
            log.info(
                "readers see a new generation",
                [
                    "projection": switched.projection, "generation": "\(switched.generation)",
                    "different": "\(switched.isDifferent)",
                ])
        case .parked(let parked):
            log.error(
                "an event is parked, with all later ones of its stream; retry when its cause is mended",
                [
                    "projection": parked.projection, "generation": "\(parked.generation)", "stream": parked.stream,
                    "seq": "\(parked.seq)", "event": parked.eventType, "sql_state": parked.sqlState,
                ])
        case .retried(let retried):
            log.info(
                "parked events were taken in",
                ["projection": retried.projection, "stream": retried.stream, "through_seq": "\(retried.throughSeq)"])
        }
    }
}

extension ProjectionNote {
    fileprivate var commands: [SystemCommand] {
        switch self {
        case .switched(let switched):
            [
                .noteRebuild(
                    ProjectionRebuilt(
                        projection: switched.projection, version: switched.version, throughSeq: switched.comparedSeq)),
                .noteSwitch(switched),
            ]
        case .parked(let parked): [.noteParked(parked)]
        case .retried(let retried): [.noteRetried(retried)]
        }
    }

    /// The same for the same occurrence.
    fileprivate var key: String {
        switch self {
        case .switched(let switched): "switched/\(switched.projection)/\(switched.generation)"
        case .parked(let parked): "parked/\(parked.projection)/\(parked.generation)/\(parked.stream)/\(parked.seq)"
        case .retried(let retried):
            "retried/\(retried.projection)/\(retried.generation)/\(retried.stream)/\(retried.throughSeq)"
        }
    }
}
