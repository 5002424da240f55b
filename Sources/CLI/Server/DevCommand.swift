import Foundation
import Persistence
import Postgres
import Terminal

enum DevCommand {
    static let command = Command(
        "dev", summary: "in a checkout: start a Postgres cluster of its own, migrate, and serve",
        discussion: "The cluster is tools/postgres's, in the ignored folder .weir, and stays when the server ends.",
        parameters: ServeSettings.behaviour
    ) { arguments, console in
        let tool = FileManager.default.currentDirectoryPath + "/tools/postgres"
        guard FileManager.default.isExecutableFile(atPath: tool) else {
            throw UsageError("there is no tools/postgres here: “weir dev” is for a checkout of Weir's sources")
        }
        _ = try output(of: tool, "start")
        let names = try await Migrator(
            PostgresConfiguration(uri: try output(of: tool, "url", "weir_admin", "weir")), serviceRole: "weir"
        ).migrate()
        if !names.isEmpty { console.writeLine("applied \(names.joined(separator: ", "))") }
        let keyFile = ".weir/sealing-key"
        try SealingKeyFile.make(path: keyFile)
        let checkpointKeyFile = ".weir/checkpoint-key"
        if !FileManager.default.fileExists(atPath: checkpointKeyFile) {
            let verifier = try CheckpointKeyFile.make(path: checkpointKeyFile, name: "weir.dev")
            try "\(verifier)\n".write(toFile: checkpointKeyFile + ".pub", atomically: true, encoding: .utf8)
        }
        let settings = try ServeSettings(
            arguments, databaseURL: try output(of: tool, "url", "weir", "weir"), keyFile: keyFile,
            sealing: SealingSettings(arguments, keyFile: checkpointKeyFile))
        try await WeirServer(settings).run()
    }

    /// What a tool prints, without its last line feed.
    private static func output(of tool: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw UsageError("tools/postgres \(arguments.joined(separator: " ")) failed")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
