import ControlPlane
import Cryptography
import Foundation
import Testing
import Web

@Suite struct AuditPageTests {
    private static func checkpoint(_ number: Int64, _ size: Int64) throws -> KeptCheckpoint {
        let time = Date(timeIntervalSince1970: 1_795_769_473 + Double(number) * 10)
        let checkpoint = Checkpoint(
            origin: "weir/<test>", size: size, root: SHA256Digest(of: [UInt8(number)]), number: number, time: time,
            block: number, blockHash: SHA256Digest(of: [2]),
            store: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)), nextWithin: 3_600)
        // Any key will do: the page shows what is kept, and vouches for nothing.
        let key = try CheckpointKey(CheckpointKey.generate(name: "weir.test").text)
        return KeptCheckpoint(
            number: number, size: size, root: checkpoint.root, signedAt: time,
            note: "\(try SignedNote(checkpoint.text, keys: [key]))")
    }

    @Test func `the page shows what is sealed, what is not yet, and how to verify it`() throws {
        let checkpoints = [try Self.checkpoint(2, 4_700), try Self.checkpoint(1, 12)]
        let page = AuditPage(checkpoints: checkpoints, next: "abc", isContinued: false, head: 4_711)
        try expectGolden(page.html.text, "audit.html")
    }

    @Test func `the page tells where a key is missing`() {
        let text = AuditPage(checkpoints: [], next: nil, isContinued: false, head: 3).html.text
        #expect(text.contains("--checkpoint-key-file FILE"))
    }
}
