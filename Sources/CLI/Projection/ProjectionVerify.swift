import ControlPlane
import Persistence
import Terminal

/// Shows that read models have taken in every event, and where two makings of one differ.
enum ProjectionVerify {
    private static let content = Flag(
        "content", summary: "also make it anew, in tables that are dropped again, and compare all rows")

    static let command = Command(
        "verify", summary: "compute from the log what a read model must have taken in, and compare",
        discussion: "Nothing is changed, and nobody waits. Exit code 1 when something is wrong.",
        parameters: [ProjectionCommand.optionalName, content] + ProjectionSession.options
    ) { arguments, console in
        let session = try ProjectionSession(arguments, console)
        let head = try await session.log.head()
        var found: [ProjectionVerification] = []
        for name in try await session.names(arguments[ProjectionCommand.optionalName]) {
            let (line, rate) = (ProgressLine(console), WorkRate())
            found.append(
                try await session.store.verify(name, comparingContent: arguments[content]) { seq in
                    line.show("\(name): \(rate.text(at: seq, of: head))")
                })
            line.end()
        }
        try session.show(found) {
            Table(
                ["NAME", .init("SEQ", alignment: .right), .init("FOUND", narrowest: 40)],
                rows: found.map {
                    [$0.projection, "\($0.cursor)", text(of: $0, isContentCompared: arguments[content])]
                })
        }
        let unsound = found.filter { !$0.isSound }.map(\.projection)
        guard unsound.isEmpty else {
            throw ProjectionTrouble(
                "\(unsound.joined(separator: ", ")): not what the log says; make it anew by “weir projection rebuild”")
        }
    }

    private static func text(of found: ProjectionVerification, isContentCompared: Bool) -> String {
        guard found.isComplete else { return "has not taken in what the log holds up to seq \(found.cursor)" }
        var text = "has taken in every event up to seq \(found.cursor)"
        if found.parkedStreams > 0 { text += ", but \(found.parkedStreams) parked streams" }
        if let difference = found.difference { return text + "; its rows differ: \(difference)" }
        return isContentCompared ? text + "; its rows are those of a rebuild" : text
    }

    private static let limit = Option(
        "limit", .integer(in: 1...1_000), default: 20, placeholder: "COUNT", summary: "how many rows at most")

    static let difference = Command(
        "diff", summary: "show the rows in which a generation that waits differs from the one that readers see",
        parameters: [ProjectionCommand.name, limit] + ProjectionSession.options
    ) { arguments, console in
        let session = try ProjectionSession(arguments, console)
        let name = arguments[ProjectionCommand.name]
        guard let found = try await session.store.difference(of: name, limit: arguments[limit]) else {
            throw ProjectionTrouble("no generation of \(name) differs; see “weir projection list”")
        }
        try session.show(found) {
            Table(
                ["TABLE", "KEY", .init("ROW", narrowest: 5), .init("CONTENT", narrowest: 40)],
                rows: found.rows.flatMap { row in
                    [
                        [row.table, row.key, "seen", row.live ?? "(none)"],
                        ["", "", "new", row.new ?? "(none)"],
                    ]
                })
        }
    }
}
