import ControlPlane
import Foundation
import Persistence
import Terminal

enum ProjectionCommand {
    static let command = Command(
        "projection", summary: "read models: how far they have come, made anew, verified, retried",
        subcommands: [
            list, parked, ProjectionRebuild.command, ProjectionRebuild.accept, discard, ProjectionVerify.command,
            ProjectionVerify.difference, ProjectionRetry.command, ProjectionCheck.command,
        ])

    static let name = Positional("name", .text, summary: "which one")
    static let optionalName = Positional(optional: "name", .text, summary: "which one; all when left out")

    /// A generation, for programs.
    private struct Row: Encodable {
        let name: String
        let version: Int
        let generation: Int
        let state: String
        let seq: Int64
        let behind: Int64
        let parkedStreams: Int
        let difference: String?
        let failure: String?

        enum CodingKeys: String, CodingKey {
            case name, version, generation, state, seq, behind, difference, failure
            case parkedStreams = "parked_streams"
        }
    }

    private static let list = Command(
        "list", summary: "list the read models, and what is built beside them", parameters: ProjectionSession.options
    ) { arguments, console in
        let session = try ProjectionSession(arguments, console)
        let head = try await session.log.head()
        let generations = try await session.store.generations().filter { $0.state != .retired }
        let rows = generations.map {
            Row(
                name: $0.name, version: $0.version, generation: $0.generation, state: $0.state.rawValue, seq: $0.cursor,
                behind: head - $0.cursor, parkedStreams: $0.parkedStreams, difference: $0.difference,
                failure: $0.failure)
        }
        try session.show(rows) {
            Table(
                [
                    "NAME", .init("VERSION", alignment: .right), .init("GENERATION", alignment: .right), "STATE",
                    .init("SEQ", alignment: .right), .init("BEHIND", alignment: .right),
                    .init("PARKED", alignment: .right), .init("NOTE", narrowest: 20),
                ],
                rows: rows.map {
                    [
                        $0.name, "\($0.version)", "\($0.generation)", $0.state, "\($0.seq)", "\($0.behind)",
                        "\($0.parkedStreams)", $0.failure ?? ($0.state == "differs" ? $0.difference ?? "" : ""),
                    ]
                })
        }
    }

    private static let discard = Command(
        "discard", summary: "give up what is built beside a read model, or differs from it; readers see no change",
        parameters: [name, ServeSettings.databaseURL]
    ) { arguments, console in
        let session = try ProjectionSession(database: arguments[ServeSettings.databaseURL], console)
        let count = try await session.store.discard(arguments[name])
        console.writeLine("\(arguments[name]): \(count) given up")
    }

    /// A parked stream, for programs.
    private struct Parked: Encodable {
        let projection: String
        let generation: Int
        let stream: String
        let seq: Int64
        let events: Int64
        let event: String
        let sqlState: String
        let message: String

        enum CodingKeys: String, CodingKey {
            case projection, generation, stream, seq, events, event, message
            case sqlState = "sql_state"
        }
    }

    private static let parked = Command(
        "parked", summary: "list the streams that wait because of an event that failed",
        parameters: [optionalName] + ProjectionSession.options
    ) { arguments, console in
        let session = try ProjectionSession(arguments, console)
        let rows = try await session.store.parkedStreams(of: arguments[optionalName]).map {
            Parked(
                projection: $0.projection, generation: $0.generation, stream: $0.stream, seq: $0.seq, events: $0.events,
                event: $0.eventType, sqlState: $0.sqlState, message: $0.message)
        }
        try session.show(rows) {
            Table(
                [
                    "NAME", "STREAM", .init("SEQ", alignment: .right), "EVENT", .init("WAITING", alignment: .right),
                    "SQLSTATE", .init("MESSAGE", narrowest: 20),
                ],
                rows: rows.map {
                    [$0.projection, $0.stream, "\($0.seq)", $0.event, "\($0.events)", $0.sqlState, $0.message]
                })
        }
    }
}
