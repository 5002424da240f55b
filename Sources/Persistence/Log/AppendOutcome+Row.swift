import EventSourcing
import FoundationEssentials
import Postgres

extension AppendOutcome {
    /// Reads one row of `append_batch`.
    init(_ row: PostgresRow, of request: AppendRequest, _ limits: EventStoreLimits) throws {
        func receipt() throws -> AppendReceipt {
            AppendReceipt(
                firstSeq: try row.decode("first_seq"), lastSeq: try row.decode("last_seq"),
                recordedAt: try row.decode("recorded_at"))
        }
        func stream(_ column: String) throws -> StreamName {
            let text: String = try row.decode(column)
            guard let stream = StreamName(text) else {
                throw EventStoreError.corrupt("“\(text)” is not a stream's name")
            }
            return stream
        }
        switch try row.decode("outcome", as: Int.self) {
        case 0: self = .appended(try receipt())
        case 1: self = .duplicate(try receipt())
        case 2: self = .keyReused(firstSeq: try row.decode("first_seq"))
        case 3: self = .fenced(LeaseFence(name: try row.decode("subject"), epoch: try row.decode("found")))
        case 4: self = .streamClosed(try stream("subject"))
        case 5: self = .versionConflict(try stream("subject"), actual: try row.decode("found"))
        case 6:
            let name: String = try row.decode("subject")
            let claim = request.claims.lazy.map(\.claim).first { $0.name == name }
            self = .nameTaken(claim ?? Claim(scope: "", name: name), by: try stream("holder"))
        case 7: self = .streamFull(try stream("subject"), limit: limits.streamLength)
        case let code: throw EventStoreError.corrupt("append_batch answered with the unknown outcome \(code)")
        }
    }
}

extension ClaimChange {
    fileprivate var claim: Claim {
        switch self {
        case .take(let claim, _), .release(let claim, _): claim
        }
    }
}
