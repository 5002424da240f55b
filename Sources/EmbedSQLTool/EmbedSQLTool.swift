import Foundation

/// Writes SQL files as a Swift source: `EmbedSQLTool OUTPUT INPUT...`. Used by the build alone.
@main
struct EmbedSQLTool {
    static func main() throws {
        let output = URL(filePath: CommandLine.arguments[1])
        var source = """
            /// The SQL files of this build, by folder and name.
            enum EmbeddedSQL {
                static let files: [(folder: String, name: String, content: String)] = [

            """
        for path in CommandLine.arguments.dropFirst(2) {
            let file = URL(filePath: path)
            let folder = file.deletingLastPathComponent().lastPathComponent
            let content = try String(contentsOf: file, encoding: .utf8)
            source += "(\"\(folder)\", \"\(file.lastPathComponent)\", ####\"\"\"\n\(content)\n\"\"\"####),\n"
        }
        source += "    ]\n}\n"
        try source.write(to: output, atomically: true, encoding: .utf8)
    }
}
