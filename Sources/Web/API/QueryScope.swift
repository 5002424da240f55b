import API
import ControlPlane
import EventSourcing
import FoundationEssentials
import HTTPServer

/// What a query reads: the present, or the read models as they were as of a seq.
struct QueryScope: Sendable {
    let readModels: any ReadModels
    /// The last event that had been taken in; nil for the present.
    let asOf: Int64?

    /// Between the seq and the rest in the cursor of a page of the past: no cursor has it inside.
    private static let separator: Character = "~"

    /// Which page of a list is asked for.
    func page(_ request: HTTPRequest) throws -> PageRequest {
        try request.page(cursor: request.query["cursor"].map { Self.split($0).rest })
    }

    /// The cursor as clients get it: that of a page of the past says of which, so that all pages are of one seq.
    func cursor(_ next: String?) -> String? {
        guard let next, let asOf else { return next }
        return "\(asOf)\(Self.separator)\(next)"
    }

    /// The seq in a cursor, and what follows it.
    static func split(_ cursor: String) -> (seq: Int64?, rest: String) {
        guard let place = cursor.firstIndex(of: separator), let seq = Int64(cursor[..<place]) else {
            return (nil, cursor)
        }
        return (seq, String(cursor[cursor.index(after: place)...]))
    }
}

/// A point of the past, as a client names it.
enum AsOf: Hashable {
    case seq(Int64)
    case time(Date)

    /// The name of the parameter.
    static let name = "as_of"

    /// - Throws: A `Problem` when the text is neither a seq nor a time.
    init(_ text: String) throws(Problem) {
        if let seq = Int64(text) {
            guard seq >= 0 else { throw Self.problem("must be the seq of an event, or a time") }
            self = .seq(seq)
        } else if let time = WireTime.parse(text) {
            self = .time(time)
        } else {
            throw Self.problem("must be the seq of an event, or a time in UTC such as 2026-03-03T10:00:00Z")
        }
    }

    static func problem(_ detail: String, code: String = "malformed") -> Problem {
        Problem(
            status: 400, code: "as-of-invalid", title: "as_of is not acceptable",
            errors: [.init(parameter: name, code: code, detail: detail)])
    }
}
