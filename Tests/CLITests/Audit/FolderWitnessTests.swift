import ControlPlane
import Cryptography
import Foundation
import Testing

@testable import CLI

@Suite struct FolderWitnessTests {
    private static let key = Result { try CheckpointKey(CheckpointKey.generate(name: "weir.test").text) }

    private static func checkpoint(_ number: Int64, size: Int64 = 5) throws -> KeptCheckpoint {
        let time = Date(timeIntervalSince1970: 1_795_769_473 + Double(number))
        let checkpoint = Checkpoint(
            origin: "weir/test", size: size, root: SHA256Digest(of: [1]), number: number, time: time, block: 1,
            blockHash: SHA256Digest(of: [2]),
            store: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)),
            nextWithin: 3_600)
        return KeptCheckpoint(
            number: number, size: size, root: checkpoint.root, signedAt: time,
            note: "\(try SignedNote(checkpoint.text, keys: [key.get()]))")
    }

    private static func withFolder(_ work: (FolderWitness, URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID())/witness")
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        try await work(FolderWitness(path: folder.path), folder)
    }

    @Test func `every checkpoint is a file of its own, and the newest is found`() async throws {
        try await Self.withFolder { witness, folder in
            #expect(try await witness.latest() == nil)
            for number in Int64(9)...11 { try await witness.keep(try Self.checkpoint(number)) }
            #expect(try await witness.latest() == (try Self.checkpoint(11).note))
            #expect(
                try await WitnessPlace.notes(at: folder.path) == (try [9, 10, 11].map { try Self.checkpoint($0).note }))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names.count == 4 && names.last == "latest")
        }
    }

    @Test func `keeping one again changes nothing, another one of the same number is refused`() async throws {
        try await Self.withFolder { witness, _ in
            try await witness.keep(try Self.checkpoint(1))
            try await witness.keep(try Self.checkpoint(1))
            await #expect(throws: WitnessDisagrees.self) { try await witness.keep(try Self.checkpoint(1, size: 6)) }
            #expect(try await witness.latest() == (try Self.checkpoint(1).note))
        }
    }

    @Test func `what a crash has left behind is not taken for the newest`() async throws {
        try await Self.withFolder { witness, folder in
            for number in Int64(1)...3 { try await witness.keep(try Self.checkpoint(number)) }
            let latest = folder.appending(path: "latest")
            try (try Self.checkpoint(2).note).write(to: latest, atomically: true, encoding: .utf8)
            #expect(try await witness.latest() == (try Self.checkpoint(3).note))
            try FileManager.default.removeItem(at: latest)
            #expect(try await witness.latest() == (try Self.checkpoint(3).note))
        }
    }

    @Test func `a bucket needs keys, and a name`() throws {
        #expect(throws: (any Error).self) { try S3Witness(place: "s3://bucket/a", environment: [:]) }
        let keys = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]
        #expect(throws: (any Error).self) { try S3Witness(place: "s3://", environment: keys) }
        _ = try S3Witness(place: "s3://bucket/a", environment: keys)
    }
}
