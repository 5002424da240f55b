import Foundation
import Terminal
import TestSupport
import Testing

@Suite struct CompletionTests {
    @Test(arguments: ["bash", "zsh", "fish"])
    func `a script is made of the declarations`(shell: String) async throws {
        let outcome = await Sample.run("completion", shell)
        #expect(outcome.status == 0)
        #expect(try differenceFromGolden(outcome.output, "completion.\(shell)") == nil)
    }

    @Test(arguments: [
        (["sample", ""], ["--help", "--output", "--verbose", "completion", "job", "serve"]),
        (["sample", "s"], ["serve"]),
        (["sample", "-o", ""], ["json", "table"]),
        (["sample", "--output", "=", "j"], ["json"]),
        (["sample", "-v", "job", ""], ["--help", "--output", "--verbose", "create", "sum"]),
        (["sample", "job", "create", "--l"], ["--label"]),
        (["sample", "serve", "--port", ""], []),
        (["sample", "completion", "f"], ["fish"]),
    ])
    func `bash completes what fits at each place`(words: [String], candidates: [String]) async throws {
        let script = await Sample.run("completion", "bash").output
        let quoted = words.map { "'\($0)'" }.joined(separator: " ")
        let question = """
            COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1); _sample
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let found = try bash(script + question).split(separator: "\n").map(String.init)
        #expect(found.sorted() == candidates)
    }

    /// What a script prints; bash runs it within milliseconds.
    private func bash(_ script: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-uec", script]
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }
}
