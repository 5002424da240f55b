/// Who imports whom, in the sources and in Package.swift.
enum ImportRules {
    static func violations(in tree: SourceTree) -> [Violation] {
        tree.sources.flatMap { file in
            imports(of: file).compactMap { line, imported in
                violation(file, line, imported)
            }
        }
    }

    private static func imports(of file: SourceFile) -> [(line: Int, name: String)] {
        file.swift.codeLines.enumerated().compactMap { index, code in
            guard code.contains("import "),
                let match = code.firstMatch(
                    of:
                        /^ *(?:@\w+ +|package +|public +|internal +|private +)*import +(?:struct +|class +|enum +|func +)?(\w+)/
                )
            else { return nil }
            return (index + 1, String(match.output.1))
        }
    }

    private static func violation(_ file: SourceFile, _ line: Int, _ imported: String) -> Violation? {
        guard let allowed = ModuleTable.allowed(file.module) else {
            return Violation(
                file, line, "\(file.module) is no module of ModuleTable; add it there and to Package.swift")
        }
        let isOurs =
            ModuleTable.libraries[imported] != nil || ModuleTable.cLibraries.contains(imported)
            || imported == ModuleTable.testSupport
        let isAllowed = isOurs ? allowed.contains(imported) : ModuleTable.allowsToolchain(imported, in: file.module)
        guard !isAllowed, imported != file.module else { return nil }
        return Violation(
            file, line,
            "\(file.module) may not import \(imported); it may import \(allowed.sorted().joined(separator: ", "))")
    }

    /// The libraries' imports as Package.swift declares them.
    static func declared(inPackage text: String) -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for match in text.matches(of: /\bmodule\(\s*"(\w+)"(?:,\s*imports:\s*\[([^\]]*)\])?/) {
            let names = (match.output.2 ?? "").matches(of: /"(\w+)"/).map { String($0.output.1) }
            found[String(match.output.1)] = Set(names)
        }
        return found
    }
}
