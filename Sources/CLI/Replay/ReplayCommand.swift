import Domain
import EventSourcing
import Foundation
import Persistence
import Postgres
import Terminal

/// Today's deciders would not make the recorded history: exit code 1, the differences were written.
struct HistoryDiffers: Error {}

enum ReplayCommand {
    private static let stream = Positional(
        optional: "stream", .text, summary: "the stream, such as run-0192…; with --against all when left out")
    private static let against = Flag("against", summary: "ask today's deciders whether they would decide the same")
    private static let version = Option(
        "to-version", .integer(in: 1...Int(Int32.max)), placeholder: "VERSION", summary: "how far the stream is folded")
    private static let category = Option(
        "category", .text, placeholder: "NAME", summary: "with --against: only streams of this kind")
    private static let first = Option(
        "from", .integer(in: 1...Int.max), placeholder: "SEQ", summary: "with --against: the first event")
    private static let last = Option(
        "to", .integer(in: 1...Int.max), placeholder: "SEQ", summary: "with --against: the last event")

    static let command = Command(
        "replay", summary: "fold a stream and show each decision, or run the history through today's deciders",
        discussion: """
            Shows the state of a stream and, step by step, which command led to which events. Commands are told from \
            the events; old events are read as today's.

            With --against, today's deciders are asked at each decision what they would decide in the state that the \
            recorded history had led to. What they would decide differently is shown, and the exit code is 1. The \
            history stays as it is.
            """,
        parameters: [stream, version, against, category, first, last, Session.output, ServeSettings.databaseURL]
    ) { arguments, console in
        let configuration = PostgresConfiguration(
            uri: arguments[ServeSettings.databaseURL], keywords: ["application_name": "weir replay"],
            settings: ["default_transaction_read_only": "on"])
        let pool = PostgresPool(configuration, limits: .init(connections: 1))
        defer { pool.close() }
        let history = HistoryReplay(
            store: PostgresEventStore(configuration, pool: pool), makeStream: StreamReplays.make)
        let isJSON = arguments[Session.output] == .json
        if arguments[against] {
            let judged = try await judge(history, arguments, console)
            console.write(isJSON ? ReplayText.json(judged) : ReplayText.text(of: judged))
            if judged.tally.differences > 0 { throw HistoryDiffers() }
        } else {
            let (name, folded) = try await fold(history, arguments)
            let replay = ReplayText.Replay(
                stream: name, version: folded.stream.version, state: folded.stream.state, decisions: folded.decisions)
            console.write(isJSON ? ReplayText.json(replay) : ReplayText.text(of: replay, console))
        }
    }

    private static func name(_ text: String) throws -> StreamName {
        guard let name = StreamName(text) else {
            throw UsageError("“\(text)” is not a stream's name; one is a kind and an id, such as run-0192…")
        }
        return name
    }

    private static func fold(
        _ history: HistoryReplay, _ arguments: Arguments
    ) async throws -> (StreamName, (stream: any ReplayingStream, decisions: [ReplayedDecision])) {
        guard let text = arguments[stream] else { throw UsageError("say which stream, or give --against") }
        guard arguments[category] == nil, arguments[first] == nil, arguments[last] == nil else {
            throw UsageError("--category, --from and --to go with --against; a stream is folded with --to-version")
        }
        let name = try name(text)
        guard let folded = try await history.fold(name, through: arguments[version]) else {
            throw UsageError("there are no streams of the kind “\(name.category)”")
        }
        guard folded.stream.version > 0 else { throw UsageError("there is no stream \(name)") }
        return (name, folded)
    }

    private static func judge(
        _ history: HistoryReplay, _ arguments: Arguments, _ console: Console
    ) async throws -> ReplayText.Judgement {
        guard arguments[version] == nil else {
            throw UsageError("--to-version folds a stream; it goes without --against")
        }
        var judgement = ReplayText.Judgement()
        let start = ContinuousClock.now
        if let text = arguments[stream] {
            guard arguments[category] == nil, arguments[first] == nil, arguments[last] == nil else {
                throw UsageError("--category, --from and --to choose among all streams; leave the stream out")
            }
            let name = try name(text)
            guard let folded = try await history.fold(name) else {
                throw UsageError("there are no streams of the kind “\(name.category)”")
            }
            guard folded.stream.version > 0 else { throw UsageError("there is no stream \(name)") }
            judgement.tally.events = folded.stream.version
            judgement.tally.decisions = folded.decisions.count
            for decision in folded.decisions where decision.verdict != .same {
                judgement.tally.differences += 1
                judgement.note(decision)
            }
        } else {
            var selection = HistoryReplay.Selection()
            selection.category = arguments[category]
            selection.firstSeq = Int64(arguments[first] ?? 1)
            selection.lastSeq = arguments[last].map(Int64.init)
            let line = ProgressLine(console)
            judgement.tally = try await history.judge(selection) { seq, end, tally in
                let rate = Int(Double(tally.events) / max(0.001, (ContinuousClock.now - start) / .seconds(1)))
                line.show("seq \(seq) of \(end), \(rate) events/s, \(tally.differences) decisions differ")
            } report: {
                judgement.note($0)
            }
            line.end()
        }
        judgement.seconds = (ContinuousClock.now - start) / .seconds(1)
        return judgement
    }
}
