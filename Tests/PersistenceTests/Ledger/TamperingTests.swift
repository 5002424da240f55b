import Cryptography
import EventSourcing
import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import Persistence

/// What somebody who rules the database can do to the log, and what an auditor then is told.
struct Tampering: Sendable, CustomTestStringConvertible {
    let name: String
    let script: String
    let kind: LedgerFault.Kind
    let seq: Int64?
    var testDescription: String { name }

    /// Leaf hashes, sealed leaves and the chain of blocks made anew, as far as each is wanted.
    static let rehashEvents = """
        UPDATE event_log SET leaf_hash = event_leaf_hash(seq, version, recorded_at, schema_version, stream, type,
            payload::text, metadata::text);
        """
    static let rehashLeaves = """
        UPDATE log_tree_leaves SET hashes = (SELECT string_agg(leaf_hash, ''::bytea ORDER BY seq) FROM event_log
            WHERE seq BETWEEN first_seq AND last_seq);
        """
    static let rehashBlocks = """
        DO $$
        DECLARE
            b log_blocks;
            last bytea := decode(repeat('00', 32), 'hex');
        BEGIN
            FOR b IN SELECT * FROM log_blocks ORDER BY block LOOP
                UPDATE log_blocks SET previous_hash = last, hash = sha256(last || int8send(b.block)
                    || int8send(b.first_seq) || int8send(b.last_seq) || (SELECT string_agg(leaf_hash, ''::bytea ORDER BY seq)
                        FROM event_log WHERE seq BETWEEN b.first_seq AND b.last_seq))
                WHERE block = b.block RETURNING hash INTO last;
            END LOOP;
        END $$;
        """
    static let change8 = #"UPDATE event_log SET payload = '{"amount":"99.00"}' WHERE seq = 8;"#
    private static let shift =
        "UPDATE event_log SET seq = seq + 1001 WHERE seq > 10; UPDATE event_log SET seq = seq - 1000 WHERE seq > 1000;"

    static let all = [
        Tampering(name: "a payload changed", script: change8, kind: .event, seq: 8),
        Tampering(
            name: "white space added to a payload",
            script: "UPDATE event_log SET payload = (payload::text || ' ')::json WHERE seq = 8;",
            kind: .event, seq: 8),
        Tampering(
            name: "the actor changed",
            script: #"UPDATE event_log SET metadata = '{"actor":"user:eve"}' WHERE seq = 9;"#,
            kind: .event, seq: 9),
        Tampering(
            name: "a time moved by a microsecond",
            script: "UPDATE event_log SET recorded_at = recorded_at + interval '1 microsecond' WHERE seq = 7;",
            kind: .event, seq: 7),
        Tampering(
            name: "a time moved to infinity", script: "UPDATE event_log SET recorded_at = 'infinity' WHERE seq = 7;",
            kind: .event, seq: 7),
        Tampering(
            name: "type and stream changed",
            script:
                "UPDATE event_log SET type = 'run.failed' WHERE seq = 12; UPDATE event_log SET stream = 'run-x' WHERE seq = 14;",
            kind: .event, seq: 12),
        Tampering(name: "an event deleted", script: "DELETE FROM event_log WHERE seq = 10;", kind: .missing, seq: 10),
        Tampering(
            name: "the last event deleted", script: "DELETE FROM event_log WHERE seq = 18;", kind: .missing, seq: 18),
        Tampering(
            name: "an event deleted, and the others moved up",
            script: "DELETE FROM event_log WHERE seq = 10; UPDATE event_log SET seq = seq - 1 WHERE seq > 10;",
            kind: .event, seq: 10),
        Tampering(
            name: "an event inserted",
            script: shift + """
                INSERT INTO event_log SELECT 11, block, 'run-inserted', 1, type, 1, recorded_at, payload, metadata, leaf_hash
                FROM event_log WHERE seq = 10;
                UPDATE log_blocks SET last_seq = 19 WHERE last_seq = 18;
                """, kind: .event, seq: 11),
        Tampering(
            name: "two events swapped",
            script: """
                UPDATE event_log SET seq = seq + 1000 WHERE seq IN (5, 6);
                UPDATE event_log SET seq = 1011 - seq WHERE seq > 1000;
                """, kind: .event, seq: 5),
        Tampering(
            name: "an event changed and hashed again", script: change8 + rehashEvents, kind: .event, seq: 8),
        Tampering(
            name: "an event changed and hashed again, also in the sealed leaves",
            script: change8 + rehashEvents + rehashLeaves, kind: .block, seq: 7),
        Tampering(
            name: "an event changed, and everything but the checkpoints made anew",
            script: change8 + rehashEvents + rehashLeaves + rehashBlocks, kind: .tree, seq: 7),
        Tampering(
            name: "a block's hash changed", script: "UPDATE log_blocks SET hash = sha256('x') WHERE block = 4;",
            kind: .block, seq: 10),
        Tampering(
            name: "a block's time changed",
            script: "UPDATE log_blocks SET recorded_at = recorded_at - interval '1 day' WHERE block = 4;",
            kind: .block, seq: 10),
        Tampering(
            name: "a block's end moved", script: "UPDATE log_blocks SET last_seq = 11 WHERE block = 4;", kind: .block,
            seq: 10),
        Tampering(name: "a block deleted", script: "DELETE FROM log_blocks WHERE block = 4;", kind: .block, seq: 10),
        Tampering(
            name: "an old checkpoint deleted", script: "DELETE FROM log_checkpoints WHERE number = 2;",
            kind: .checkpoint, seq: 7),
        Tampering(
            name: "a checkpoint's note changed",
            script: "UPDATE log_checkpoints SET note = replace(note, 'next 0', 'next 9') WHERE number = 2;",
            kind: .checkpoint, seq: 7),
        Tampering(
            name: "sealed leaves deleted", script: "DELETE FROM log_tree_leaves WHERE first_seq = 7;", kind: .missing,
            seq: 7),
    ]
}

@Suite struct TamperingTests {
    @Test func `a log that nobody has touched verifies, whole and narrowed`() async throws {
        try await SealedLog.run { sealed in
            let witnessed = try await sealed.checkpoints()
            let report = try await sealed.verify(try await sealed.bundle(), witnessed: witnessed, seq: 8)
            #expect(report.events == 18 && report.blocks == 6 && report.checkpoints == 4 && report.streams == 13)
            #expect(report.witnessed == 4 && report.remarkCount == 0)
            #expect(report.asked == (try await sealed.store.event(8)?.leafHash))

            let narrowed = try await sealed.bundle(filter: BundleFilter(stream: "run-first"))
            let part = try await sealed.verify(narrowed, witnessed: witnessed, seq: 7)
            #expect(part.events == 6 && part.omitted == 12 && part.blocks == 6 && part.streams == 1)
            await #expect(throws: LedgerFault.self) { try await sealed.verify(narrowed, seq: 8) }
            let actor = try await sealed.bundle(filter: BundleFilter(actor: "user:nobody"))
            #expect(try await sealed.verify(actor).omitted == 18)
            let type = try await sealed.bundle(filter: BundleFilter(actor: "user:ada", type: "run.requested"))
            #expect(try await sealed.verify(type).events == 18)
        }
    }

    @Test(arguments: Tampering.all)
    func `whatever is changed is found, and named by its first seq`(_ tampering: Tampering) async throws {
        try await SealedLog.run { sealed in
            try await sealed.tamper(tampering.script)
            let bundle = try await sealed.bundle()
            let fault = await #expect(throws: LedgerFault.self) { try await sealed.verify(bundle) }
            #expect(fault?.kind == tampering.kind && fault?.seq == tampering.seq, "\(fault.map { "\($0)" } ?? "")")
        }
    }

    @Test func `everything made anew under another key is not signed by a known one`() async throws {
        try await SealedLog.run { sealed in
            try await sealed.rewrite(signing: CheckpointKey(CheckpointKey.generate(name: "weir.test").text))
            let bundle = try await sealed.bundle()
            let fault = await #expect(throws: LedgerFault.self) { try await sealed.verify(bundle) }
            #expect(fault?.kind == .checkpoint && fault?.seq == 1)
        }
    }

    @Test func `everything made anew under the stolen key is found by the witness alone`() async throws {
        try await SealedLog.run { sealed in
            let witnessed = try await sealed.checkpoints()
            try await sealed.rewrite(signing: sealed.key)
            let bundle = try await sealed.bundle()
            _ = try await sealed.verify(bundle)
            let fault = await #expect(throws: LedgerFault.self) {
                try await sealed.verify(bundle, witnessed: witnessed)
            }
            #expect(fault?.kind == .witness)
            let detail = try #require(fault?.detail)
            #expect(detail.contains("of 12 events is not consistent with this bundle of 18 events"))
        }
    }

    @Test func `an end that was cut off, with its checkpoints, is found by the witness alone`() async throws {
        try await SealedLog.run { sealed in
            let witnessed = try await sealed.checkpoints()
            try await sealed.tamper(
                """
                DELETE FROM event_log WHERE seq > 12;
                DELETE FROM log_blocks WHERE block > 4;
                DELETE FROM log_tree_leaves WHERE first_seq > 12;
                DELETE FROM log_checkpoints WHERE tree_size > 12;
                """)
            let bundle = try await sealed.bundle()
            _ = try await sealed.verify(bundle)
            let fault = await #expect(throws: LedgerFault.self) {
                try await sealed.verify(bundle, witnessed: witnessed)
            }
            #expect(fault?.kind == .witness && fault?.seq == 13)
            let detail = try #require(fault?.detail)
            #expect(detail.contains("of 18 events") && detail.contains("of 12 events"))
        }
    }

    @Test func `a bundle that was edited, cut or put together again does not verify`() async throws {
        try await SealedLog.run { sealed in
            let bundle = try await sealed.bundle()
            let lines = bundle.split(separator: 10, omittingEmptySubsequences: false).dropLast()
            func faults(_ lines: some Sequence<ArraySlice<UInt8>>) async -> LedgerFault? {
                await #expect(throws: LedgerFault.self) {
                    try await sealed.verify(Array(lines.map { $0 + [10] }.joined()))
                }
            }
            for index in lines.indices {
                var fewer = lines
                fewer.remove(at: index)
                #expect(await faults(fewer) != nil, "without line \(index + 1)")
                var twice = lines
                twice.insert(lines[index], at: index)
                #expect(await faults(twice) != nil, "line \(index + 1) twice")
                #expect(await faults(lines[..<index]) != nil, "\(index) lines")
            }
            await #expect(throws: LedgerFault.self) { try await sealed.verify(bundle.dropLast()) }
            await #expect(throws: LedgerFault.self) { try await sealed.verify(bundle + Array("x\n".utf8)) }
            // Every single byte counts, but for what the header says for people.
            let start = lines[lines.startIndex].count + 1
            let some = Array(stride(from: start, to: bundle.count, by: 37)) + (bundle.count - 100..<bundle.count)
            for position in some {
                var changed = bundle
                changed[position] ^= 1
                await #expect(throws: LedgerFault.self, "byte \(position)") { try await sealed.verify(changed) }
            }
        }
    }
}

extension SealedLog {
    /// Changes an event, and makes hashes, blocks, tree and checkpoints anew.
    func rewrite(signing key: CheckpointKey) async throws {
        let former = try await checkpoints().map { try Checkpoint(text: SignedNote($0.note).text) }
        try await tamper(Tampering.change8 + Tampering.rehashEvents + Tampering.rehashLeaves + Tampering.rehashBlocks)
        for checkpoint in former {
            let root = MerkleTree.root(ofSubtrees: try await store.roots(of: Subtree.covering(0..<checkpoint.size)))
            let block = try #require(try await store.blocks(after: 0, through: checkpoint.size).last)
            let forged = Checkpoint(
                origin: checkpoint.origin, size: checkpoint.size, root: root, number: checkpoint.number,
                time: checkpoint.time, block: block.number, blockHash: block.hash, store: checkpoint.store,
                nextWithin: checkpoint.nextWithin)
            let note = try SignedNote(forged.text, keys: [key])
            try await tamper(
                """
                UPDATE log_checkpoints SET note = $note$\(note)$note$, root_hash = decode('\(root)', 'hex')
                WHERE number = \(checkpoint.number);
                """)
        }
    }
}
