import API
import EventSourcing
import HTTPServer

/// Which events a client wants to hear of.
struct EventSelection {
    /// Those after this seq; nil for what comes from now on.
    let after: Int64?
    let stream: StreamName?
    let category: String?

    /// `Last-Event-ID`, which a browser sends when it comes back, is newer than the `after` of the address.
    init(_ request: HTTPRequest) throws(Problem) {
        try request.requireQuery(of: ["after", "stream", "category", "epoch"])
        let asked = try Self.seq(request.query["after"], "after")
        let seen = try Self.seq(request.fields[.lastEventID], "Last-Event-ID")
        after = seen ?? asked
        category = request.query["category"]
        stream = request.query["stream"].flatMap { StreamName($0) }
        if stream == nil, request.query["stream"] != nil {
            throw Self.malformed("stream", "must be a stream's name, such as run-0192…")
        }
    }

    func takes(_ envelope: EventEnvelope) -> Bool {
        category == nil || envelope.stream.category == category
    }

    private static func seq(_ text: String?, _ name: String) throws(Problem) -> Int64? {
        guard let text else { return nil }
        guard let seq = Int64(text), seq >= 0 else { throw malformed(name, "must be the seq of an event, or 0") }
        return seq
    }

    private static func malformed(_ name: String, _ detail: String) -> Problem {
        Problem(
            status: 400, code: "position-invalid", title: "A parameter is not acceptable",
            errors: [.init(parameter: name, code: "malformed", detail: detail)])
    }
}
