import ControlPlane
import Foundation
import Testing

@testable import CLI

@Suite struct BundleFileTests {
    private static func header(_ filter: BundleFilter?) throws -> String {
        try BundleHeader(
            origin: "weir/test", store: UUID(), treeSize: 600, checkpoint: 3,
            exportedAt: Date(timeIntervalSince1970: 1_795_769_473.25), filter: filter
        ).line
    }

    private static func withFile(_ text: String, _ work: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID()).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try work(path)
    }

    private static let lines = [
        #"{"sealed":1,"leaves":"aa"}"#, #"{"event":1,"version":1}"#, #"{"event":256,"version":1}"#,
        #"{"checkpoint":1,"note":"x"}"#, #"{"sealed":257,"leaves":"aa"}"#, #"{"event":257,"payload":"{\"sealed\":9,"#,
    ]

    @Test func `it goes on before its last sealed line, whatever is cut behind that`() throws {
        let whole = ([try Self.header(nil)] + Self.lines).joined(separator: "\n")
        try Self.withFile(whole) { (path: String) throws in
            let file = try BundleFile(path: path, filter: nil)
            #expect(file.lastSeq == 256 && !file.isComplete && file.header?.treeSize == 600)
            let kept = try String(contentsOfFile: path, encoding: .utf8)
            #expect(kept.hasSuffix(#"{"checkpoint":1,"note":"x"}"# + "\n"))
        }
    }

    @Test func `with the last checkpoint it is complete, and with less than a piece it begins anew`() throws {
        let header = try Self.header(nil)
        let complete = ([header] + Self.lines.dropLast() + [#"{"checkpoint":3,"note":"x"}"#, ""]).joined(
            separator: "\n")
        try Self.withFile(complete) { (path: String) throws in
            let isComplete = try BundleFile(path: path, filter: nil).isComplete
            #expect(isComplete)
        }
        for start in ["", String(header.prefix(20)), header + "\n", header + "\n" + Self.lines[0] + "\n"] {
            try Self.withFile(start) { (path: String) throws in
                let file = try BundleFile(path: path, filter: nil)
                #expect(file.lastSeq == 0 && file.header == nil && file.byteCount == 0)
                #expect(try Data(contentsOf: URL(filePath: path)).isEmpty)
            }
        }
    }

    @Test func `another export, or another file, is left alone`() throws {
        let filter = BundleFilter(since: Date(timeIntervalSince1970: 1_795_769_473.123), actor: "user:ada")
        let text = ([try Self.header(filter)] + Self.lines).joined(separator: "\n")
        try Self.withFile(text) { (path: String) throws in
            #expect(throws: (any Error).self) { try BundleFile(path: path, filter: nil) }
            #expect(throws: (any Error).self) { try BundleFile(path: path, filter: BundleFilter(actor: "user:ada")) }
            #expect(try BundleFile(path: path, filter: filter).lastSeq == 256)
        }
        try Self.withFile("my notes\nare not a bundle\n") { (path: String) throws in
            #expect(throws: (any Error).self) { try BundleFile(path: path, filter: nil) }
            #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("my notes"))
        }
    }
}
