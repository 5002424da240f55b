import API
import EventSourcing
import Foundation
import Terminal

/// What `weir replay` writes.
enum ReplayText {
    /// A stream that was folded.
    struct Replay {
        let stream: StreamName
        let version: Int
        let state: ValueTree
        let decisions: [ReplayedDecision]
    }

    /// What today's deciders say of a history.
    struct Judgement {
        /// The most differences that are shown.
        static let maximumShown = 1_000

        var tally = HistoryReplay.Tally()
        /// The first ones.
        private(set) var differences: [ReplayedDecision] = []
        var seconds = 0.0

        mutating func note(_ decision: ReplayedDecision) {
            if differences.count < Self.maximumShown { differences.append(decision) }
        }
    }

    // MARK: For people

    static func text(of replay: Replay, _ console: Console) -> String {
        let table = Table(
            [
                .init("SEQ", alignment: .right), .init("VERSION", alignment: .right), "RECORDED",
                .init("BY", narrowest: 8), "COMMAND", .init("EVENTS", narrowest: 16), .init("REQUEST", narrowest: 8),
            ],
            rows: replay.decisions.map { decision in
                [
                    "\(decision.first.seq)", "\(decision.first.version)", Text.time(decision.first.recordedAt),
                    decision.first.metadata.actor, decision.first.metadata.command ?? "",
                    decision.events.map(\.event.type).joined(separator: ", "),
                    decision.first.metadata.requestID ?? "",
                ]
            })
        let state = replay.state.lines(indent: "  ").map(\.printable).joined(separator: "\n")
        return "\(replay.stream), version \(replay.version)\n\n\(console.text(of: table))\n\nstate\n\(state)\n"
    }

    static func text(of judgement: Judgement) -> String {
        let tally = judgement.tally
        var lines = judgement.differences.flatMap(lines(of:))
        if tally.differences > judgement.differences.count {
            lines.append("and \(tally.differences - judgement.differences.count) more")
        }
        if tally.unknown > 0 {
            lines.append("\(tally.unknown) events are of streams that this program does not know")
        }
        let rate = Int(Double(tally.events) / max(judgement.seconds, 0.001))
        let verdict = tally.differences == 0 ? "all would be made again" : "\(tally.differences) would not be made so"
        lines.append("\(tally.decisions) decisions (\(tally.events) events, \(rate) events/s): \(verdict)")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of decision: ReplayedDecision) -> [String] {
        let first = decision.first
        let place = "seq \(first.seq) (\(first.stream), version \(first.version)), \(Text.time(first.recordedAt))"
        let command = first.metadata.command ?? "the command"
        let what =
            switch decision.verdict {
            case .same: "\(command) would be decided so again"
            case .refused(let why): "\(command) would be refused: \(why)"
            case .otherwise(let events): "\(command) would lead to \(events.isEmpty ? "nothing" : "other events")"
            case .noCommand: "no command of today leads to these events"
            case .unreadable(let why): "\(why); the rest of the stream was not looked at"
            }
        let today = if case .otherwise(let events) = decision.verdict { events } else { [EncodedEvent]() }
        return ["\(place): \(what)".printable]
            + decision.events.map { "  - \(line(of: $0.event))".printable }
            + today.map { "  + \(line(of: $0))".printable }
    }

    private static func line(of event: EncodedEvent) -> String {
        "\(event.type) v\(event.schemaVersion) \(event.payload)"
    }

    // MARK: For programs

    static func json(_ replay: Replay) -> String {
        object([
            ("stream", quoted(replay.stream.description)), ("version", "\(replay.version)"),
            ("state", replay.state.json), ("decisions", list(replay.decisions.map(json))),
        ]) + "\n"
    }

    static func json(_ judgement: Judgement) -> String {
        object([
            ("events", "\(judgement.tally.events)"), ("decisions", "\(judgement.tally.decisions)"),
            ("differences", "\(judgement.tally.differences)"), ("unknown_events", "\(judgement.tally.unknown)"),
            ("shown", list(judgement.differences.map(json))),
        ]) + "\n"
    }

    private static func json(_ decision: ReplayedDecision) -> String {
        let first = decision.first
        var members: [(String, String)] = [
            ("stream", quoted(first.stream.description)), ("first_seq", "\(first.seq)"),
            ("last_seq", "\(decision.last.seq)"), ("first_version", "\(first.version)"),
            ("last_version", "\(decision.last.version)"),
            ("recorded_at", quoted(WireTime.format(first.recordedAt))), ("actor", quoted(first.metadata.actor)),
            ("request_id", first.metadata.requestID.map(quoted) ?? "null"),
            ("command", first.metadata.command.map(quoted) ?? "null"),
            ("arguments", decision.command?.json ?? "null"), ("events", list(decision.events.map { json($0.event) })),
        ]
        switch decision.verdict {
        case .same: members.append(("verdict", quoted("same")))
        case .refused(let why): members += [("verdict", quoted("refused")), ("reason", quoted(why))]
        case .otherwise(let events):
            members += [("verdict", quoted("otherwise")), ("today", list(events.map(json)))]
        case .noCommand: members.append(("verdict", quoted("no_command")))
        case .unreadable(let why): members += [("verdict", quoted("unreadable")), ("reason", quoted(why))]
        }
        return object(members)
    }

    private static func json(_ event: EncodedEvent) -> String {
        object([
            ("type", quoted(event.type)), ("schema_version", "\(event.schemaVersion)"), ("payload", event.payload),
        ])
    }

    private static func quoted(_ text: String) -> String { ValueTree.text(text).json }
    private static func list(_ values: [String]) -> String { "[\(values.joined(separator: ","))]" }
    private static func object(_ members: [(String, String)]) -> String {
        "{\(members.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ","))}"
    }
}
