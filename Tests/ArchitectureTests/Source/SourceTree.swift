import Foundation

/// One file of the package.
struct SourceFile: Sendable {
    /// From the package's root on, such as `Sources/Domain/Run/RunEvent.swift`.
    let path: String
    let text: String
    let swift: SwiftText

    init(path: String, text: String) {
        self.path = path
        self.text = text
        swift = SwiftText(path.hasSuffix(".swift") ? text : "")
    }

    var components: [Substring] { path.split(separator: "/") }
    /// The folder below Sources or Tests.
    var module: String { components.count > 2 ? String(components[1]) : "" }
    var isSource: Bool { path.hasPrefix("Sources/") && path.hasSuffix(".swift") }
    var isTest: Bool { path.hasPrefix("Tests/") && path.hasSuffix(".swift") }

    /// The lines of code that hold a match, counted from 1.
    ///
    /// - Parameter words: One of them is in every match. Most lines hold none and need not be matched, which is slow.
    func lines(with words: [String], matching pattern: Regex<Substring>) -> [(line: Int, match: Substring)] {
        let present = words.filter { swift.code.contains($0) }
        guard !present.isEmpty else { return [] }
        // Unicode's own word boundaries see one word in `a.b`.
        let pattern = pattern.wordBoundaryKind(.simple)
        return swift.codeLines.enumerated().filter { _, code in present.contains { code.contains($0) } }
            .flatMap { index, code in code.matches(of: pattern).map { (index + 1, $0.output) } }
    }
}

/// The files of the package, as far as they are texts of ours.
struct SourceTree: Sendable {
    let files: [SourceFile]

    init(_ files: [SourceFile]) {
        self.files = files
    }

    var sources: [SourceFile] { files.filter(\.isSource) }
    var swiftFiles: [SourceFile] { files.filter { $0.isSource || $0.isTest } }

    /// This package, read once.
    static let package = SourceTree(folder: URL(filePath: #filePath).ancestor(4))

    private static let ignored: Set<String> = [".build", ".git", ".weir", ".venv", ".swiftpm", "__pycache__"]

    private init(folder: URL) {
        let enumerator = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
        var files: [SourceFile] = []
        while let url = enumerator?.nextObject() as? URL {
            if Self.ignored.contains(where: url.lastPathComponent.hasPrefix) {
                enumerator?.skipDescendants()
            } else if let text = try? String(contentsOf: url, encoding: .utf8) {
                let path = url.standardizedFileURL.path.dropFirst(folder.standardizedFileURL.path.count + 1)
                files.append(SourceFile(path: String(path), text: text))
            }
        }
        self.files = files.sorted { $0.path < $1.path }
    }
}

extension URL {
    fileprivate func ancestor(_ steps: Int) -> URL {
        (0..<steps).reduce(self) { url, _ in url.deletingLastPathComponent() }
    }
}
