import Foundation
package import Testing

/// The folder `Golden` of a test module: texts that were reviewed once, to which today's are compared.
///
/// With `WEIR_REWRITE_GOLDEN=1` in the environment the files are written instead of compared; git's difference is then
/// what is reviewed.
package struct GoldenFolder: Sendable {
    private let folder: URL

    /// - Parameter filePath: A file of the test module `Tests/<Module>Tests`, by default the caller's.
    package init(of filePath: String = #filePath) {
        var module = URL(filePath: filePath).deletingLastPathComponent()
        while module.path != "/", module.deletingLastPathComponent().lastPathComponent != "Tests" {
            module.deleteLastPathComponent()
        }
        precondition(module.path != "/", "\(filePath) is not below Tests/<Module>Tests")
        folder = module.appending(path: "Golden")
    }

    private static let variable = "WEIR_REWRITE_GOLDEN"

    /// Records an issue when the text is not that of the file.
    ///
    /// - Parameter name: The file's path within the folder.
    package func expect(_ text: String, named name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment[Self.variable] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            return try Data(text.utf8).write(to: file, options: .atomic)
        }
        guard let data = try? Data(contentsOf: file) else {
            Issue.record(
                "there is no Golden/\(name); run the test with \(Self.variable)=1 to write it, and review the difference",
                sourceLocation: sourceLocation)
            return
        }
        guard data != Data(text.utf8) else { return }
        Issue.record(
            """
            \(Self.difference(String(decoding: data, as: UTF8.self), text, in: name))
            Run the test with \(Self.variable)=1 to rewrite it, and review the difference.
            """, sourceLocation: sourceLocation)
    }

    /// The paths of all files within a subfolder, sorted.
    package func names(under subfolder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: subfolder).path).sorted()
            .map { "\(subfolder)/\($0)" }
    }

    /// The text of a file.
    package func text(named name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// The first line in which two texts differ.
    static func difference(_ golden: String, _ text: String, in name: String) -> String {
        let expected = golden.split(separator: "\n", omittingEmptySubsequences: false)
        let found = text.split(separator: "\n", omittingEmptySubsequences: false)
        let same = zip(expected, found).prefix { $0.utf8.elementsEqual($1.utf8) }.count
        func line(_ lines: [Substring]) -> String { same < lines.count ? "“\(lines[same])”" : "the end" }
        return "Golden/\(name):\(same + 1) is \(line(expected)), but the text is \(line(found))."
    }
}
