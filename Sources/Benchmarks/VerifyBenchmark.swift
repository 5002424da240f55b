import ControlPlane
import Cryptography
import EventSourcing
import Foundation
import Persistence
import Postgres
import Telemetry
import Terminal

/// How long an auditor waits for a bundle to be verified, and a client for a proof.
enum VerifyBenchmark {
    private static let events = Option(
        "events", .integer(in: 1_000...100_000_000), default: 1_000_000, summary: "how many events the log has")
    private static let clients = 512
    /// How many proofs are timed in a round.
    private static let proofs = 500

    static let command = Command(
        "verify", summary: "time to verify a bundle of the whole log, and to prove one event",
        parameters: [events, Report.serviceURL, Report.rounds, Report.output]
    ) { arguments, console in
        let configuration = PostgresConfiguration(uri: arguments[Report.serviceURL])
        let pool = PostgresPool(configuration)
        let store = PostgresEventStore(configuration, pool: pool)
        let ledger = PostgresLedgerStore(pool: pool)
        let key = try CheckpointKey(CheckpointKey.generate(name: "weir.bench").text)
        let progress = ProgressLine(console)
        let sealed = try await fill(store, ledger, pool, key, count: arguments[events], progress)
        let file = FileManager.default.temporaryDirectory.appending(path: "weir-bench-\(getpid()).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        var report = Report("verify", rounds: arguments[Report.rounds])
        for _ in 0..<report.rounds {
            progress.show("exporting")
            let exported = try await export(ledger, store, to: file)
            report.add("export_seconds_per_million", exported * 1e6 / Double(sealed), digits: 2)
            progress.show("verifying")
            let verified = try await verify(file, key.verifier, count: sealed)
            report.add("seconds_per_million", verified * 1e6 / Double(sealed), digits: 2)
            progress.show("proving")
            report.add("proof_ms", try await prove(LedgerProofs(ledger: ledger), size: sealed), digits: 2)
        }
        progress.end()
        let bytes = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
        report.add("bundle_bytes_per_event", Double(bytes) / Double(sealed))
        try report.write(arguments[Report.output], to: console)
        store.close()
        pool.close()
    }

    /// Appends events as 512 clients do, while a sealer seals them; returns how many are sealed when all are.
    private static func fill(
        _ store: PostgresEventStore, _ ledger: PostgresLedgerStore, _ pool: PostgresPool, _ key: CheckpointKey,
        count: Int, _ progress: ProgressLine
    ) async throws -> Int64 {
        let sealer = Sealer(
            events: store, ledger: ledger, leases: PostgresLeaseStore(pool: pool), plan: SealingPlan(keys: [key]),
            owner: "bench", log: .standardError(level: .warning, format: .text))
        return try await withThrowingTaskGroup { group in
            group.addTask { try await store.run() }
            group.addTask { try await sealer.run() }
            try await append(count, to: store)
            let head = try await store.head()
            var size: Int64 = 0
            while size < head {
                progress.show("sealed \(size) of \(head)")
                try await Task.sleep(for: .milliseconds(200))
                size = try await ledger.checkpoint(treeSize: nil)?.size ?? 0
            }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
            return size
        }
    }

    private static func append(_ count: Int, to store: PostgresEventStore) async throws {
        try await withThrowingTaskGroup { group in
            for client in 0..<clients {
                group.addTask {
                    for _ in stride(from: client, to: count, by: clients) {
                        let sample = SampleEvent.make()
                        let request = AppendRequest(
                            writes: [StreamWrite(stream: sample.stream, expected: .exactly(0), events: [sample.event])],
                            metadata: EventMetadata(actor: "user:bench", correlation: sample.stream.id))
                        guard case .appended = try await store.append(request) else { throw NotAppended() }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func export(
        _ ledger: PostgresLedgerStore, _ store: PostgresEventStore, to file: URL
    ) async throws -> Double {
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        guard let kept = try await ledger.checkpoint(treeSize: nil) else { throw NotAppended() }
        let checkpoint = try Checkpoint(text: SignedNote(kept.note).text)
        let header = BundleHeader(
            origin: checkpoint.origin, store: checkpoint.store, treeSize: kept.size, checkpoint: kept.number,
            exportedAt: Date(), filter: nil)
        let exports = LedgerExports(ledger: ledger, transactor: Transactor(store: store), environment: .live)
        let start = ContinuousClock.now
        try await exports.write(header, after: 0) { try handle.write(contentsOf: Data($0.utf8)) }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private static func verify(_ file: URL, _ key: VerifierKey, count: Int64) async throws -> Double {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let start = ContinuousClock.now
        let report = try await BundleVerification.run(BundleExpectation(keys: [key])) {
            try handle.read(upToCount: 4 << 20).flatMap { $0.isEmpty ? nil : [UInt8]($0) }
        }
        guard report.events == count else { throw NotAppended() }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// The median time to make a proof of an event somewhere in the log, in milliseconds.
    private static func prove(_ proofs: LedgerProofs, size: Int64) async throws -> Double {
        var times: [Double] = []
        for _ in 0..<Self.proofs {
            let seq = Int64.random(in: 1...size)
            let start = ContinuousClock.now
            _ = try await proofs.inclusion(of: seq)
            times.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        return Report.median(times)
    }
}
