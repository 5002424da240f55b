import Cryptography
import Domain
import EventSourcing
import Foundation
import TestSupport
import Testing

/// What was ever stored can be read for ever.
@Suite struct ReleasedEventTests {
    private let golden = GoldenFolder()

    private func stored(_ file: ReleasedEvents.File) throws -> EncodedEvent {
        EncodedEvent(
            type: file.type, schemaVersion: file.version,
            payload: try golden.text(named: file.name).trimmingCharacters(in: .newlines))
    }

    @Test func `every golden file of every version is read`() throws {
        let schemas = Dictionary(uniqueKeysWithValues: EventRegistry.schemas.map { ($0.type, $0) })
        for file in try ReleasedEvents().files {
            let schema = try #require(schemas[file.type], "\(file.name) is of a type that is no longer known")
            #expect(throws: Never.self, "\(file.name)") { try schema.check(stored(file)) }
        }
    }

    @Test func `every version of every type has a golden file`() throws {
        let files = try ReleasedEvents().files
        for schema in EventRegistry.schemas {
            for version in 1...schema.version {
                #expect(
                    files.contains { $0.type == schema.type && $0.version == version },
                    "\(schema.type) v\(version) has none")
            }
            #expect(!files.contains { $0.type == schema.type && $0.version > schema.version }, "\(schema.type)")
        }
    }

    /// The manifest only grows: with `WEIR_REWRITE_GOLDEN=1` new files are added, and what stands there stays.
    @Test func `no golden file that was released is edited or removed`() throws {
        let known = (try? golden.text(named: ReleasedEvents.manifest)) ?? ""
        var lines = known.split(separator: "\n").map(String.init)
        let names = try ReleasedEvents().files.map(\.name)
        for line in lines {
            let name = String(line.drop { $0 != " " }.dropFirst(2))
            guard names.contains(name) else {
                Issue.record("\(name) was removed; events of this form are in logs, so it stays")
                continue
            }
            let digest = SHA256Digest(of: try golden.text(named: name).utf8)
            #expect(
                line == "\(digest)  \(name)",
                "\(name) was edited; a released payload stays as it is: make a new version with an upcast")
        }
        for name in names where !lines.contains(where: { $0.hasSuffix("  \(name)") }) {
            lines.append("\(SHA256Digest(of: try golden.text(named: name).utf8))  \(name)")
        }
        let sorted = lines.sorted { $0.drop { $0 != " " } < $1.drop { $0 != " " } }
        try golden.expect(sorted.joined(separator: "\n") + "\n", named: ReleasedEvents.manifest)
    }

    @Test(arguments: [
        (#"{"healthy":true,"latency_ms":12,"version":"471"}"#, ConnectionChecked.healthy),
        (#"{"healthy":false,"latency_ms":5000,"reason":"no route to host"}"#, .unhealthy),
    ])
    func `a check of version 1 is read as what it was`(payload: String, expected: ConnectionChecked) throws {
        let stored = EncodedEvent(type: ConnectionChecked.type, schemaVersion: 1, payload: payload)
        #expect(try ConnectionCodec.decode(stored) == .checked(expected))
    }

    @Test func `an event of a version that is still to come is refused, and the remedy named`() {
        let later = EncodedEvent(type: ConnectionChecked.type, schemaVersion: 3, payload: "{}")
        let error = #expect(throws: EventDecodingError.self) { try ConnectionCodec.decode(later) }
        #expect(error?.description.contains("up to v2; run the newer program") == true)
        let impossible = EncodedEvent(type: ConnectionChecked.type, schemaVersion: 0, payload: "{}")
        #expect(throws: EventDecodingError.self) { try ConnectionCodec.decode(impossible) }
    }
}
