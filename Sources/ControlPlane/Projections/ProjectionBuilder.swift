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
    /// How often it is looked whether there is something to do, and how often while something is built.
    private static let interval = Duration.seconds(1)
    private static let busyInterval = Duration.milliseconds(100)

    private let events: any EventStore
    private let projections: any ProjectionStore
    private let log: Log

    package init(events: any EventStore, projections: any ProjectionStore, log: Log) {
        self.events = events
        self.projections = projections
        self.log = log
    }

    /// Two loops: a long build holds up neither what operators ask for nor what the log has to be told.
    func run(_ fence: LeaseFence) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await buildAll(fence) }
            group.addTask { try await tend(fence) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Retries what was parked, tells the log, and drops what nobody reads, again and again.
    private func tend(_ fence: LeaseFence) async throws {
        while true {
            do {
                try await projections.retryParked(fence: fence)
                try await noteAll(fence)
                try await projections.dropRetired(fence: fence)
            } catch TransactionFailure.fenced(let fence) {
                throw TransactionFailure.fenced(fence)
            } catch {
                try Task.checkCancellation()
                log.error("work beside the live projections failed and is tried again", ["error": "\(error)"])
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// What a child of `buildAll` has come to.
    private enum Turn {
        case built(ProjectionGeneration, isFailed: Bool)
        case rested
    }

    /// Builds what waits, some at a time; what comes meanwhile waits for a free place only.
    private func buildAll(_ fence: LeaseFence) async throws {
        try await withThrowingTaskGroup(of: Turn.self) { group in
            var pauses = ProjectionPauses()
            var underWay: Set<String> = []
            while true {
                let paused = pauses.paused()
                let waiting = try await waiting().filter { !paused.contains($0.name) }
                for generation in waiting where !underWay.contains(generation.place) && underWay.count < Self.width {
                    underWay.insert(generation.place)
                    group.addTask { try await build(generation, fence) }
                }
                let isBusy = waiting.contains { $0.state == .building || $0.isAccepted }
                group.addTask {
                    try await Task.sleep(for: isBusy ? Self.busyInterval : Self.interval)
                    return .rested
                }
                while case .built(let generation, let isFailed)? = try await group.next() {
                    underWay.remove(generation.place)
                    if isFailed { pauses.pause(generation.name) }
                }
            }
        }
    }

    private func waiting() async throws -> [ProjectionGeneration] {
        do {
            return try await projections.generations().filter { $0.state == .building || $0.state == .differs }
        } catch {
            try Task.checkCancellation()
            log.error("it cannot be told which projections wait to be built", ["error": "\(error)"])
            return []
        }
    }

    /// Builds one until it has caught up, and settles it.
    private func build(_ generation: ProjectionGeneration, _ fence: LeaseFence) async throws -> Turn {
        do {
            while try await !projections.build(generation, limit: Self.step, fence: fence) {}
            try await projections.settle(generation, fence: fence)
            return .built(generation, isFailed: false)
        } catch TransactionFailure.fenced(let fence) {
            throw TransactionFailure.fenced(fence)
        } catch {
            try Task.checkCancellation()
            log.error(
                "a projection that is built beside the live one failed, and is tried again",
                ["projection": generation.name, "generation": "\(generation.generation)", "error": "\(error)"])
            return .built(generation, isFailed: true)
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

extension ProjectionGeneration {
    /// Names it among all.
    fileprivate var place: String { "\(name)/\(generation)" }
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
