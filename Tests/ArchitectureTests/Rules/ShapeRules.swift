/// How long things are, what they are called, and where they lie.
enum ShapeRules {
    static let longestFile = 400
    static let longestFunction = 70

    static func lengths(in tree: SourceTree) -> [Violation] {
        tree.swiftFiles.flatMap { file in
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            let long = file.swift.functions.filter { $0.lineCount > longestFunction }.map {
                Violation(
                    file, $0.firstLine,
                    "\($0.name) has \($0.lineCount) lines, \(longestFunction) are the most; name its parts")
            }
            guard lines > longestFile else { return long }
            let message =
                "the file has \(lines) lines, \(longestFile) are the most; part it by concern (Type+Concern.swift)"
            return [Violation(file, lines, message)] + long
        }
    }

    /// Words that name no concept.
    static func names(in tree: SourceTree) -> [Violation] {
        tree.swiftFiles.compactMap { file in
            let word = file.components.lazy.compactMap {
                $0.firstMatch(
                    of: /(?:Utils?|Utilities|Helpers?|Common|Managers?|Types|Extensions|Misc)(?=$|\.swift$|\+)/)
            }.first
            return word.map { Violation(file, 1, "“\($0.output)” shows a concept that has no name yet; name it") }
        }
    }

    /// Who looks for an event of any stream finds it in the same place.
    static func streamFolders(in tree: SourceTree) -> [Violation] {
        let files = tree.sources.filter { $0.module == "Domain" && $0.components.count == 4 }
        let streams = Set(files.map { String($0.components[2]) }).subtracting(["Names"])
        return streams.sorted().flatMap { stream in
            let folder = files.filter { $0.components[2] == stream }
            let present = Set(folder.map { String($0.components[3]) })
            let roles = ["Command", "Event", "State", "Decider", "Codec"].map { "\(stream)\($0).swift" }
            return roles.filter { !present.contains($0) }.map {
                Violation(folder[0], 1, "the stream's folder lacks \($0); every stream has the same files")
            }
        }
    }

    /// An initialiser that starts a task cannot be awaited, and its task has no owner.
    static func tasksInInitialisers(in tree: SourceTree) -> [Violation] {
        tree.swiftFiles.flatMap { file in
            let bodies = file.swift.functions.filter { $0.name == "init" }.map { $0.firstLine...$0.lastLine }
            return file.lines(with: ["Task"], matching: /\bTask *(?:\([^)]*\) *)?\{/).filter { found in
                bodies.contains { $0.contains(found.line) }
            }.map { Violation(file, $0.line, "a task in an initialiser has no owner; start it in run()") }
        }
    }
}
