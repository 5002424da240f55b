import Foundation
import Terminal

/// A file that a command reads; `-` is standard input.
enum InputFile {
    static func text(_ path: String) throws -> String {
        do {
            let data =
                try path == "-"
                ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(filePath: path))
            return String(decoding: data, as: UTF8.self)
        } catch {
            throw UsageError("\(path) cannot be read")
        }
    }
}
