import API
import Foundation
import Terminal

/// The options that say what a version of a job does.
enum JobDefinitionOptions {
    private static let connection = Option(
        required: "connection", .text, placeholder: "CONNECTION", summary: "where it runs: its id or name")
    private static let sql = Option(
        "sql", .text, placeholder: "STATEMENT",
        summary: "what it runs; {{job.parameters.NAME}} stands for a parameter")
    private static let sqlFile = Option(
        "sql-file", .path, placeholder: "FILE", summary: "holds the statement; - is standard input")
    private static let parameter = Option(
        repeated: "parameter", .assignment, placeholder: "NAME=TYPE",
        summary:
            "declares a parameter: text, integer, decimal, boolean, date or timestamp; NAME=TYPE:DEFAULT gives a default"
    )
    private static let timeout = Option(
        "timeout", .duration(in: .seconds(1) ... .seconds(604_800)), summary: "how long a run may take")
    private static let attempts = Option(
        "attempts", .integer(in: 1...20), placeholder: "COUNT", summary: "how often a run is tried")
    private static let resultRows = Option(
        "result-rows", .integer(in: 1...100_000), placeholder: "COUNT", summary: "how many rows of a result are kept")

    static let all: [any ParameterDeclaration] = [
        connection, sql, sqlFile, parameter, timeout, attempts, resultRows,
    ]

    static func specification(
        _ arguments: Arguments, _ session: Session, workspace: String?
    ) async throws -> JobSpecification {
        JobSpecification(
            connectionID: try await session.connection(arguments[connection], in: workspace),
            sql: try statement(arguments),
            parameters: arguments[parameter].map { given in
                let parts = given.value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                return ParameterSpecification(
                    name: given.name, type: String(parts[0]), default: parts.count > 1 ? String(parts[1]) : nil)
            }, timeoutSeconds: arguments[timeout].map { Int($0.components.seconds) },
            maximumAttempts: arguments[attempts],
            resultLimits: arguments[resultRows].map { ResultLimitsSpecification(rows: $0) })
    }

    private static func statement(_ arguments: Arguments) throws -> String {
        switch (arguments[sql], arguments[sqlFile]) {
        case (let sql?, nil): sql
        case (nil, let file?): try InputFile.text(file)
        case (nil, nil): throw UsageError("--sql or --sql-file is missing")
        case (.some, .some): throw UsageError("give --sql or --sql-file, not both")
        }
    }
}
