import API
import Foundation
import Terminal

/// Runs and results, for people.
enum RunText {
    static func progress(of run: RunResource) -> String {
        var text = "\(run.status)"
        if let reason = run.queueReason { text += " (\(reason))" }
        if let external = run.externalID { text += "  \(run.engine) \(external)" }
        if let progress = run.progress {
            text += "  \(progress.state)"
            if let percent = progress.percent { text += " \(percent) %" }
            if let rows = progress.rowsProcessed, rows > 0 { text += ", \(rows) rows" }
        }
        return text
    }

    static func text(of run: RunResource) -> String {
        var rows = [
            ["run", run.id], ["status", run.status], ["job", "\(run.jobName), version \(run.jobVersion)"],
            ["workspace", run.workspaceName], ["engine", run.engine], ["statement", run.statement],
            ["attempts", "\(run.attempts)"], ["requested", "\(Text.time(run.requestedAt)) by \(run.requestedBy)"],
        ]
        if let external = run.externalID { rows.append(["at the engine", external]) }
        if let link = run.link { rows.append(["engine's page", link]) }
        if let started = run.startedAt { rows.append(["started", Text.time(started)]) }
        if let ended = run.endedAt { rows.append(["ended", Text.time(ended)]) }
        if let reason = run.cancelReason { rows.append(["cancel", reason.isEmpty ? "asked for" : reason]) }
        if let failure = run.failure {
            rows.append(["failure", "\(failure.code), the fault of: \(failure.fault)"])
            rows.append(["", failure.message])
        }
        if let unknown = run.unknownReason { rows.append(["unknown", unknown]) }
        if let result = run.result {
            let kept = "\(result.rowCount) rows kept\(result.truncated ? ", and there were more" : "")"
            rows.append(["result", result.updateCount.map { "\($0) rows changed" } ?? kept])
        }
        let width = rows.map { $0[0].count }.max() ?? 0
        return rows.map { row in
            let space = String(repeating: " ", count: width - row[0].count)
            return "\(row[0])\(space)  \(row[1].split(whereSeparator: \.isNewline).joined(separator: " "))"
        }.joined(separator: "\n")
    }

    static func text(of result: ResultResource, _ console: Console) -> String {
        let columns = result.columns.indices.map { index in
            let isNumber = result.rows.contains { $0[index].isNumber }
            return Table.Column(result.columns[index].name, alignment: isNumber ? .right : .left, narrowest: 8)
        }
        let table = Table(columns, rows: result.rows.map { row in row.map(cell) })
        let shown = result.from + result.rows.count
        let rest = shown < result.rowCount ? "; more with --from \(shown)" : ""
        let more = result.truncated ? "; the engine had more than are kept" : ""
        let counted = result.updateCount.map { "(\($0) rows changed)" } ?? "(\(result.rowCount) rows\(rest)\(more))"
        return result.columns.isEmpty ? counted : "\(console.text(of: table))\n\(counted)"
    }

    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .null: "NULL"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let text): text
        case .array, .object:
            (try? WireFormat.encoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    }
}

extension JSONValue {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .number: true
        case .null, .boolean, .string, .array, .object: false
        }
    }
}
