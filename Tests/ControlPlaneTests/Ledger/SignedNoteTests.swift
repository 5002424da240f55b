import Cryptography
import Foundation
import Testing

@testable import ControlPlane

@Suite struct SignedNoteTests {
    /// The example of Go's sumdb/note, which C2SP signed-note describes.
    static let privateKey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    static let publicKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let text =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    static let note =
        text
        + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

    @Test func `a note of another implementation is made and verified`() throws {
        let key = try CheckpointKey(Secret(Self.privateKey))
        #expect("\(key.verifier)" == Self.publicKey)
        #expect("\(key)" == "•••")
        #expect("\(try SignedNote(Self.text, keys: [key]))" == Self.note)
        let note = try SignedNote(Self.note)
        #expect(note.text == Self.text)
        #expect(try note.signers(among: [VerifierKey(Self.publicKey)]).map(\.name) == ["PeterNeumann"])
    }

    @Test func `a changed text is refused, an unknown signature passed over`() throws {
        let changed = try SignedNote(Self.note.replacing("think", with: "drink"))
        #expect(throws: MalformedNote.self) { try changed.signers(among: [VerifierKey(Self.publicKey)]) }
        let other = try CheckpointKey.generate(name: "other")
        #expect(try SignedNote(Self.note).signers(among: [other.verifier]).isEmpty)
    }

    @Test(arguments: [
        "", "text\n", "text\n\n", "text\n\n- name AAAA\n", "text\n\n— name\n", "text\n\n— name AAAA\n",
        "text\u{1}\n\n— name AAAAAAAA\n", "text\n\n— na+me AAAAAAAA\n", "text\n\n— name AAAAAAAA",
    ])
    func `what is no note is refused`(text: String) {
        #expect(throws: MalformedNote.self) { try SignedNote(text) }
    }

    @Test(arguments: [
        "", "name", "name+c74f20a3", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ])
    func `what is no public key is refused`(text: String) {
        #expect(throws: MalformedKey.self) { try VerifierKey(text) }
    }

    @Test func `a signature has one form in base64`() throws {
        #expect(throws: MalformedNote.self) { try SignedNote(Self.note.replacing("JnAM=", with: "JnAN=")) }
    }

    @Test func `all keys of a file sign, and each verifies`() throws {
        let old = try CheckpointKey.generate(name: "weir.old")
        let new = try CheckpointKey.generate(name: "weir.new")
        let keys = try CheckpointKey.keys(in: Secret("# new first\n\(new.text.reveal())\n\n\(old.text.reveal())\n"))
        let note = try SignedNote("\(try SignedNote("a\n", keys: keys))")
        #expect(try note.signers(among: [old.verifier]) == [old.verifier])
        #expect(try note.signers(among: [new.verifier]) == [new.verifier])
        #expect("\(old.text)" == "•••")
    }

    @Test func `a checkpoint comes back from its text`() throws {
        let checkpoint = Checkpoint(
            origin: "weir.example/log", size: 1_234_567, root: SHA256Digest(of: [1]), number: 42,
            time: Date(timeIntervalSince1970: 1_795_769_473.123), block: 77, blockHash: SHA256Digest(of: [2]),
            store: UUID(), nextWithin: 3_600)
        #expect(try Checkpoint(text: checkpoint.text) == checkpoint)
        #expect(checkpoint.text.hasPrefix("weir.example/log\n1234567\n\(checkpoint.root.base64)\n"))
        #expect(checkpoint.text.contains("time 2026-11-27T08:51:13.123Z\n"))
        for line in ["checkpoint 42\n", "block 77", "next 3600\n", "time "] {
            #expect(throws: MalformedNote.self) { try Checkpoint(text: checkpoint.text.replacing(line, with: "x\n")) }
        }
        #expect(throws: MalformedNote.self) { try Checkpoint(text: checkpoint.text + "checkpoint 43\n") }
    }
}
