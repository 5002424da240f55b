import ControlPlane
import Cryptography
import Domain
import FoundationEssentials

/// What leads back to an attempt in Trino. The URI in it lets its holder read the result and cancel the query.
struct TrinoHandle: Codable, Sendable {
    enum Phase: String, Codable {
        /// The query is registered; no answer of its first URI, which starts it, was stored.
        case registered
        case started
        /// As many rows are stored as are kept; the rest is not waited for.
        case enough
    }

    var queryID: String
    var nextURI: String
    let infoURI: String?
    /// By the clock of the process that registered the query.
    let registeredAt: Date
    var phase = Phase.registered
    var keptRows = 0
    var keptBytes = 0
    /// Whether the columns were handed over, which happens once also where there are no rows.
    var hasColumns = false
    /// Whether rows were left out.
    var isTruncated = false

    init(queryID: String, nextURI: String, infoURI: String?, registeredAt: Date) {
        self.queryID = queryID
        self.nextURI = nextURI
        self.infoURI = infoURI
        self.registeredAt = registeredAt
    }

    init(_ handle: EngineHandle) throws {
        self = try JSONDecoder().decode(TrinoHandle.self, from: Data(handle.state.reveal().utf8))
    }

    func sealed() throws -> EngineHandle {
        let state = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        return EngineHandle(externalID: queryID, link: infoURI, state: Secret(state))
    }
}

extension TrinoHandle {
    /// What a page means for the attempt. Completion is decided by the absence of a next URI alone, never by the state.
    func look(_ page: TrinoPage, _ attempt: EngineAttempt) throws -> Look {
        var next = self
        let rows = next.keep(page, attempt.limits)
        let isReadOnly = TrinoStatement.isReadOnly(attempt.statement)
        guard let uri = page.nextUri else {
            if let error = page.error { return Look(error, isReadOnly: isReadOnly) }
            return .ended(.succeeded(rows: rows, updateCount: page.updateCount))
        }
        next.queryID = page.id
        next.nextURI = uri
        next.phase = next.isTruncated && isReadOnly ? .enough : .started
        return .running(EngineProgress(page.stats), rows: rows, try next.sealed())
    }

    /// The page's rows as far as they are kept; nil where none are.
    private mutating func keep(_ page: TrinoPage, _ limits: ResultLimits) -> ResultPage? {
        // Statements that change something return the number of rows as a row.
        guard page.updateType == nil, let columns = page.columns, !isTruncated else { return nil }
        guard !page.rows.isEmpty || !hasColumns else { return nil }
        hasColumns = true
        var kept: [String] = []
        for row in page.rows {
            guard keptRows < limits.rows, keptBytes + row.utf8.count <= limits.bytes else {
                isTruncated = true
                break
            }
            keptRows += 1
            keptBytes += row.utf8.count
            kept.append(row)
        }
        return ResultPage(
            columns: columns.map { ResultColumn(name: $0.name, type: $0.type) }, rows: kept, isTruncated: isTruncated)
    }
}

extension EngineProgress {
    init(_ statistics: TrinoPage.Statistics) {
        self.init(
            state: statistics.state, percent: statistics.progressPercentage, rowsProcessed: statistics.processedRows,
            bytesProcessed: statistics.processedBytes)
    }
}
