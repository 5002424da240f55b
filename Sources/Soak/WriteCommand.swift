import Foundation
import Postgres
import Terminal
import TestSupport

/// The writers of a soak, which is what `run` starts and kills.
enum WriteCommand {
    private static let databaseURL = Option(
        required: "database-url", .text, isSecret: true, summary: "libpq's connection URI, as the service's role")
    private static let writers = Option("writers", .integer(in: 1...64), default: 8, summary: "how many")
    private static let firstWriter = Option(
        "first-writer", .integer(in: 0...4_095), default: 0, summary: "the first one's number")
    private static let seed = Option("seed", .integer(in: 0...1_000_000), default: 1, summary: "what they write")
    private static let acknowledgements = Option(
        required: "acknowledgements", .path, summary: "gets a line for each request that was answered")

    static let command = Command(
        "write", summary: "write until killed",
        parameters: [databaseURL, writers, firstWriter, seed, acknowledgements]
    ) { arguments, _ in
        let first = arguments[firstWriter]
        let file = open(arguments[acknowledgements], O_WRONLY | O_APPEND | O_CREAT, 0o600)
        guard file >= 0 else { throw UsageError("\(arguments[acknowledgements]) cannot be written") }
        try await SoakWriters(
            PostgresConfiguration(uri: arguments[databaseURL]), numbers: first..<first + arguments[writers],
            seed: UInt64(arguments[seed]), acknowledgements: FileHandle(fileDescriptor: file)
        ).run()
    }
}
