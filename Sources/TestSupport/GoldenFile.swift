import Foundation

/// How a text differs from the file of this name in the folder Golden of the caller's test module; nil when it does not.
///
/// With `WEIR_REWRITE_GOLDEN=1` in the environment the file is written instead: git's difference is then what is
/// reviewed.
package func differenceFromGolden(_ text: String, _ name: String, filePath: String = #filePath) throws -> String? {
    var module = URL(filePath: filePath).deletingLastPathComponent()
    while module.path != "/", module.deletingLastPathComponent().lastPathComponent != "Tests" {
        module.deleteLastPathComponent()
    }
    let file = module.appending(path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["WEIR_REWRITE_GOLDEN"] == "1" {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return nil
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    guard golden != text else { return nil }
    let expected = golden.split(separator: "\n", omittingEmptySubsequences: false)
    let found = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = zip(expected, found).prefix { $0 == $1 }.count
    return "\(name):\(line + 1): “\(found.dropFirst(line).first ?? "")” instead of "
        + "“\(expected.dropFirst(line).first ?? "")” (WEIR_REWRITE_GOLDEN=1 rewrites it)"
}
