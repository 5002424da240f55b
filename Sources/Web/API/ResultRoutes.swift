import API
import ControlPlane
import Domain
import FoundationEssentials
import HTTPServer

/// The kept rows of a run's result: pages as JSON, or all of them as CSV.
struct ResultRoutes: Sendable {
    let queries: QueryHandling
    let attempts: any AttemptStore

    /// How many rows are read at a time, and answered at most as JSON.
    private static let page = 1_000

    func register(on router: inout Router) {
        router.on(
            Endpoints.getRunResult,
            queries.handler("from", "limit", "format", reading: [.run]) { try await result($0, $1) })
    }

    private func result(_ request: HTTPRequest, _ scope: QueryScope) async throws -> HTTPResponse {
        let id: RunID = try request.id("run")
        let view = try QueryHandling.found(try await scope.readModels.run(id), "run", id)
        guard let attempt = view.attempt, let result = view.result else {
            throw Problem(
                status: 409, code: "result-not-there", title: "There is no result",
                detail: "the run is \(view.status); a result is there when it has succeeded")
        }
        switch try ResultForm(request) {
        case .csv: return csv(attempt, result, named: "\(id)")
        case .json: return try await json(attempt, result, request)
        }
    }

    private func json(
        _ attempt: AttemptID, _ result: RunResult, _ request: HTTPRequest
    ) async throws -> HTTPResponse {
        let from = try request.queryNumber("from", in: 0...Int(Int32.max), default: 0)
        let limit = try request.queryNumber("limit", in: 1...Self.page, default: Self.page)
        let rows = try await attempts.rows(of: attempt, from: from, limit: limit)
        let columns = String(decoding: try WireFormat.encoder().encode(result.columns), as: UTF8.self)
        let changed = result.updateCount.map { ",\"update_count\":\($0)" } ?? ""
        // The rows' own texts: every digit of a number stays.
        let body = """
            {"columns":\(columns),"from":\(from),"rows":[\(rows.joined(separator: ","))],\
            "row_count":\(result.rowCount),"truncated":\(result.isTruncated)\(changed)}
            """
        return .text(body, type: "application/json")
    }

    /// All kept rows (RFC 4180), sent while they are read.
    private func csv(_ attempt: AttemptID, _ result: RunResult, named name: String) -> HTTPResponse {
        var response = HTTPResponse.stream(type: "text/csv; charset=utf-8; header=present") { stream in
            try await stream.write(CSVText.header(result.columns.map(\.name)))
            var from = 0
            while from < result.rowCount {
                let rows = try await attempts.rows(of: attempt, from: from, limit: Self.page)
                if rows.isEmpty { return }
                from += rows.count
                try await stream.write(rows.map(CSVText.line).joined())
            }
        }
        response.fields[.contentDisposition] = "attachment; filename=\"run-\(name).csv\""
        return response
    }
}

/// How a result is asked for.
enum ResultForm: String, CaseIterable {
    case json, csv

    /// `format` says it, else `Accept`; JSON where neither does.
    init(_ request: HTTPRequest) throws(Problem) {
        if let format = request.query["format"] {
            guard let form = ResultForm(rawValue: format) else {
                throw Problem.invalidParameter("format", code: "out-of-range", "must be json or csv")
            }
            self = form
            return
        }
        let accept = request.fields.values(.accept).joined(separator: ",").lowercased()
        if accept.hasPrefix("text/csv") {
            self = .csv
        } else if accept.isEmpty || accept.contains("application/json") || accept.contains("*/*") {
            self = .json
        } else if accept.contains("text/csv") {
            self = .csv
        } else {
            throw Problem(
                status: 406, code: "not-acceptable", title: "The result cannot be had in this form",
                detail: "ask for application/json or text/csv")
        }
    }
}
