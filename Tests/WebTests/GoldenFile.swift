import Foundation
import Testing

/// Compares a text with the file of this name under Golden. `WEIR_REWRITE_GOLDEN=1` writes the file instead; the
/// difference is then reviewed where all changes are.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["WEIR_REWRITE_GOLDEN"] == "1" {
        try text.write(to: file, atomically: true, encoding: .utf8)
        return
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    let lines = zip(golden.split(separator: "\n"), text.split(separator: "\n"))
    let difference = lines.first { $0 != $1 }
    #expect(
        golden == text, "\(name) differs: \(difference.map { "“\($1)” instead of “\($0)”" } ?? "in length")",
        sourceLocation: sourceLocation)
}
