import Cryptography
import EventSourcing
import Foundation
import Postgres
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import ControlPlane
@testable import Persistence

@Suite struct SealerTests {
    @Test func `the tree grows as the log does, whoever seals, and every proof holds`() async throws {
        try await ProjectedLog.run { log in
            let sealed = try await SealedLog(log)
            let proofs = LedgerProofs(ledger: sealed.store)
            await #expect(throws: ProofRefusal.nothingSealed) { try await proofs.inclusion(of: 1) }
            var sizes: [Int64] = []
            // Past tiles of 256, in blocks and checkpoints that do not end with them.
            for count in [1, 99, 100, 60, 100, 100, 90] {
                try await sealed.append(count)
                try await sealed.seal()
                sizes.append((sizes.last ?? 0) + Int64(count))
            }
            #expect(try await sealed.checkpoints().map(\.size) == sizes)
            for seq in [1, 2, 100, 200, 256, 257, 258, 512, 513, 550] as [Int64] {
                for size in sizes where size >= seq {
                    let proof = try await proofs.inclusion(of: seq, in: size)
                    #expect(proof.leaf == proof.event.leafHash)
                    #expect(
                        MerkleProof.root(from: proof.leaf, index: seq - 1, size: size, path: proof.path)
                            == proof.checkpoint.root)
                }
            }
            for size in sizes {
                for old in [1, 2, 99, 256, 300, 512, size] where old <= size {
                    #expect(try await proofs.consistency(from: old, to: size).checkpoint.size == size)
                }
            }
            await #expect(throws: ProofRefusal.notInTree(seq: 551, size: 550)) { try await proofs.inclusion(of: 551) }
            await #expect(throws: ProofRefusal.noCheckpoint(of: 5)) { try await proofs.inclusion(of: 1, in: 5) }
            let report = try await sealed.verify(try await sealed.bundle())
            #expect(report.events == 550 && report.checkpoints == 7 && report.blocks == 7)
        }
    }

    @Test func `a quiet log is signed again, and is not while no checkpoint is due`() async throws {
        try await ProjectedLog.run { log in
            let sealed = try await SealedLog(log)
            try await sealed.append(2)
            try await sealed.seal()
            try await sealed.seal()
            let kept = try await sealed.checkpoints()
            #expect(kept.map(\.size) == [2, 2] && kept.map(\.number) == [1, 2])
            #expect(kept[0].root == kept[1].root && kept[0].signedAt <= kept[1].signedAt)
            #expect(kept[0].note != kept[1].note)
            var patient = try await Sealing.resume(sealed.store, SealingPlan(keys: [sealed.key]))
            #expect(try await patient.seal(sealed.fence) == false)
        }
    }

    @Test func `a time without checkpoints is remarked, and the bundle is right`() async throws {
        try await SealedLog.run { sealed in
            let first = try Checkpoint(text: SignedNote(try await sealed.checkpoints()[0].note).text)
            let earlier = Checkpoint(
                origin: first.origin, size: first.size, root: first.root, number: 1, time: first.time - 7_200,
                block: first.block, blockHash: first.blockHash, store: first.store, nextWithin: 3_600)
            let note = try SignedNote(earlier.text, keys: [sealed.key])
            try await sealed.tamper("UPDATE log_checkpoints SET note = $note$\(note)$note$ WHERE number = 1;")
            let report = try await sealed.verify(try await sealed.bundle())
            #expect(report.remarks.count == 2)
            #expect(report.remarks[0].contains("older than its last event"))
            #expect(report.remarks[1].contains("quiet is not proved"))
        }
    }

    @Test(
        arguments: [
            (#"UPDATE event_log SET payload = '{}' WHERE seq = 20"#, LedgerFault.Kind.event, 20),
            ("DELETE FROM event_log WHERE seq = 20", .missing, 20),
            (
                #"UPDATE event_log SET payload = '{}' WHERE seq = 20; "# + Tampering.rehashEvents, .block, 19
            ),
            ("UPDATE log_blocks SET previous_hash = hash WHERE block = 7", .block, 19),
            ("DELETE FROM log_blocks WHERE last_seq >= 18", .missing, 16),
            ("UPDATE log_tree_leaves SET hashes = set_byte(hashes, 5, 17)", .tree, nil),
            ("UPDATE log_checkpoints SET root_hash = sha256('x')", .checkpoint, nil),
            ("UPDATE log_checkpoints SET note = replace(note, 'next 0', 'next 5')", .checkpoint, nil),
        ] as [(String, LedgerFault.Kind, Int64?)])
    func `nothing is signed that does not follow from what was signed`(
        script: String, kind: LedgerFault.Kind, seq: Int64?
    ) async throws {
        try await SealedLog.run { sealed in
            try await sealed.append(3)
            try await sealed.tamper(script)
            let fault = await #expect(throws: LedgerFault.self) { try await sealed.seal() }
            #expect(fault?.kind == kind && fault?.seq == seq, "\(fault.map { "\($0)" } ?? "")")
            #expect(try await sealed.checkpoints().count == 4)
        }
    }

    @Test func `keys are changed by a time in which both sign`() async throws {
        try await SealedLog.run { sealed in
            let new = try CheckpointKey(CheckpointKey.generate(name: "weir.new").text)
            func seal(_ keys: [CheckpointKey]) async throws {
                let plan = SealingPlan(keys: keys, interval: .zero, quietInterval: .zero)
                var sealing = try await Sealing.resume(sealed.store, plan)
                #expect(try await sealing.seal(sealed.fence))
            }
            let fault = await #expect(throws: LedgerFault.self) { try await seal([new]) }
            #expect(fault?.kind == .checkpoint)
            try await seal([new, sealed.key])
            try await seal([new])
            let bundle = try await sealed.bundle()
            let both = BundleExpectation(keys: [new.verifier, sealed.key.verifier])
            #expect(try await SealedLog.verify(bundle, both).checkpoints == 6)
            for key in [new, sealed.key] {
                let one = BundleExpectation(keys: [key.verifier])
                let unsigned = await #expect(throws: LedgerFault.self) { try await SealedLog.verify(bundle, one) }
                #expect(unsigned?.kind == .checkpoint)
            }
        }
    }

    @Test func `a sealer that has lost its lease keeps nothing`() async throws {
        try await SealedLog.run { sealed in
            try await sealed.append(1)
            var former = try await Sealing.resume(sealed.store, sealed.plan)
            _ = try await sealed.log.leases.acquire("sealer", owner: "test", duration: .seconds(600))
            await #expect(throws: TransactionFailure.self) { try await former.seal(sealed.fence) }
            #expect(try await sealed.checkpoints().count == 4)
        }
    }

    @Test func `the evidence is append-only for everyone, and the service cannot change it`() async throws {
        try await SealedLog.run { sealed in
            let administrator = try await PostgresConnection.connect(sealed.log.administrator)
            defer { administrator.close() }
            for table in ["log_tree_leaves", "log_checkpoints", "log_tree_nodes"] {
                for statement in ["DELETE FROM \(table)", "TRUNCATE \(table)"] {
                    await #expect(throws: PostgresError.self) { try await administrator.query(statement) }
                }
                await #expect(throws: PostgresError.self) { try await sealed.log.pool.query("DELETE FROM \(table)") }
            }
        }
    }

    @Test func `a running sealer seals what comes, copies it to the witness, and stops when the witness knows better`()
        async throws
    {
        try await ProjectedLog.run { log in
            let sealed = try await SealedLog(log)
            try await log.leases.release(sealed.fence, owner: "test")
            let witness = MemoryWitness()
            let plan = SealingPlan(keys: [sealed.key], interval: .milliseconds(10), quietInterval: .seconds(3_600))
            let entries = Mutex<[String]>([])
            let sealer = Sealer(
                events: log.events, ledger: sealed.store, leases: log.leases, plan: plan, witness: witness,
                owner: "sealer", log: Log(level: .info) { entry in entries.withLock { $0.append(entry.line(.json)) } })
            let running = Task { try await sealer.run() }
            for count in 1...3 {
                try await sealed.append(2)
                try await eventually("checkpoint of \(count * 2) events came to the witness") {
                    witness.notes.contains { $0.size == count * 2 }
                }
            }
            running.cancel()
            _ = await running.result
            #expect(witness.notes == (try await sealed.checkpoints()))

            // The witness has seen more than the database has: it was restored, or cut.
            try await sealed.tamper("DELETE FROM log_checkpoints WHERE tree_size = 6")
            let again = Task { try await sealer.run() }
            try await eventually("the fault was told") {
                entries.withLock { $0.contains { $0.contains("THE LOG IS NOT WHAT WAS SEALED") } }
            }
            again.cancel()
            _ = await again.result
            #expect(try await sealed.checkpoints().map(\.size).max() == 4)
        }
    }
}

/// A witness in memory.
private final class MemoryWitness: Witness {
    private let kept = Mutex<[KeptCheckpoint]>([])
    var notes: [KeptCheckpoint] { kept.withLock { $0 } }

    func keep(_ checkpoint: KeptCheckpoint) async throws { kept.withLock { $0.append(checkpoint) } }
    func latest() async throws -> String? { notes.last?.note }
}
