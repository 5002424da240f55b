import ControlPlane
import EventSourcing
import Foundation
import Persistence
import Synchronization
import TestSupport

/// Clients that each append the commands of a history of their own, one after another.
final class SampleLoad: Sendable {
    struct Outcome {
        /// Events a second.
        let rate: Double
        /// Commands a second: each appends one event or more.
        let commands: Double
        /// Milliseconds, in rising order.
        let lags: [Double]

        func percentile(_ part: Double) -> Double {
            lags.isEmpty ? 0 : lags[min(lags.count - 1, Int(Double(lags.count) * part))]
        }
    }

    /// What one client did.
    private struct Part {
        var (events, commands) = (0, 0)
        var lags: [Double] = []
    }

    private let store: PostgresEventStore
    private let readModels: PostgresReadModels
    private let clients: [SampleClient]
    /// How many of the clients of a paced load wait until they see what they appended, and measure how long that takes.
    private let lookingClients: Int

    init(
        store: PostgresEventStore, readModels: PostgresReadModels, clients: Int, lookingClients: Int? = nil,
        begins: Date = SampleHistory.Shape().begins, seed: UInt64
    ) {
        self.store = store
        self.readModels = readModels
        self.lookingClients = lookingClients ?? clients
        var shape = SampleHistory.Shape()
        (shape.workspaces, shape.jobsPerWorkspace, shape.openRuns) = (1, 2, 8)
        shape.begins = begins
        self.clients = (0..<clients).map { [shape] writer in
            SampleClient(SampleHistory(seed: seed, writer: writer, shape: shape))
        }
    }

    /// - Parameter rate: Commands a second of all clients together; nil for as many as they can.
    func run(seconds: Int, rate: Double?) async throws -> Outcome {
        let end = ContinuousClock.now + .seconds(seconds)
        return try await run(rate: rate) { ContinuousClock.now < end }
    }

    /// Runs as long as it `goesOn`.
    func run(rate: Double?, while goesOn: @escaping @Sendable () -> Bool) async throws -> Outcome {
        let clock = ContinuousClock()
        let start = clock.now
        let parts = try await withThrowingTaskGroup(of: Part.self) { group in
            for client in clients.indices {
                group.addTask { try await self.append(as: client, from: start, rate: rate, while: goesOn) }
            }
            var parts: [Part] = []
            while let part = try await group.next() { parts.append(part) }
            return parts
        }
        let seconds = (clock.now - start) / .seconds(1)
        let count = { (kind: (Part) -> Int) in Double(parts.map(kind).reduce(0, +)) / seconds }
        let (rate, commands) = (count(\.events), count(\.commands))
        // What is left is taken in before the next measurement.
        _ = try await readModels.wait(for: store.head(), timeout: .seconds(120))
        return Outcome(rate: rate, commands: commands, lags: parts.flatMap(\.lags).sorted())
    }

    private func append(
        as client: Int, from start: ContinuousClock.Instant, rate: Double?, while goesOn: @Sendable () -> Bool
    ) async throws -> Part {
        let clock = ContinuousClock()
        var part = Part()
        while goesOn() {
            if let rate {
                // Each client has its share, and its own beat.
                let interval = Double(clients.count) / rate
                let beat = Double(part.commands) + Double(client) / Double(clients.count)
                let due = start + .seconds(beat * interval)
                if due > clock.now { try await clock.sleep(until: due) }
            }
            guard let request = clients[client].next() else { continue }
            guard case .appended(let receipt) = try await store.append(request) else { throw NotAppended() }
            part.events += Int(receipt.lastSeq - receipt.firstSeq) + 1
            part.commands += 1
            guard rate != nil, client < lookingClients else { continue }
            let answered = clock.now
            guard try await readModels.wait(for: receipt.lastSeq, timeout: .seconds(30)) else {
                throw NotVisible(seq: receipt.lastSeq)
            }
            part.lags.append((clock.now - answered) / .milliseconds(1))
        }
        return part
    }
}

/// One client's history.
private final class SampleClient: Sendable {
    private let history: Mutex<SampleHistory>

    init(_ history: SampleHistory) {
        self.history = Mutex(history)
    }

    func next() -> AppendRequest? { history.withLock { $0.next() } }
}
