import Domain
import EventSourcing
import Foundation
import Synchronization
import Terminal
import TestSupport
import Testing

@testable import CLI

/// What `weir replay` writes, for people and for programs.
@Suite struct ReplayTextTests {
    private let golden = GoldenFolder()
    private static let id = "0192f6a1-7b2c-7000-8000-000000000001"
    private static let metadata = EventMetadata(actor: "user:ada", requestID: "req-1")

    /// A job's history: made, a version published, and one that today's rules would refuse.
    private func makeStore() async throws -> MemoryEventStore {
        let clock = Mutex(Date(timeIntervalSince1970: 1_790_000_000))
        let store = MemoryEventStore {
            clock.withLock { now in
                now += 61
                return now
            }
        }
        let transactor = Transactor(store: store)
        let definition = { (sql: String) in
            JobDefinition(
                connection: ConnectionID(UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))), sql: sql)
        }
        let workspace = WorkspaceID(UUID(uuid: (16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)))
        for command in [
            JobCommand.create(workspace: workspace, name: "daily load", definition: definition("SELECT 1")),
            .publishVersion(definition("SELECT 2\nFROM t")),
        ] {
            _ = try await transactor.transact(
                JobDecider.self, command, on: Self.id, context: CommandContext(metadata: Self.metadata))
        }
        var metadata = Self.metadata
        metadata.command = "job.publish_version"
        for event in [
            JobVersionPublished(version: 9, definition: definition("SELECT 3")),
            JobVersionPublished(version: 10, definition: definition("")),
        ] {
            _ = try await store.append(
                AppendRequest(
                    writes: [
                        StreamWrite(
                            stream: StreamName(category: "job", id: Self.id), expected: .any,
                            events: [try JobCodec.encode(.versionPublished(event))])
                    ], metadata: metadata))
        }
        return store
    }

    private func replay() async throws -> ReplayText.Replay {
        let history = HistoryReplay(store: try await makeStore(), makeStream: StreamReplays.make)
        let name = StreamName(category: "job", id: Self.id)
        let folded = try #require(try await history.fold(name, through: 3))
        return ReplayText.Replay(
            stream: name, version: folded.stream.version, state: folded.stream.state, decisions: folded.decisions)
    }

    private func judgement() async throws -> ReplayText.Judgement {
        let history = HistoryReplay(store: try await makeStore(), makeStream: StreamReplays.make)
        var judgement = ReplayText.Judgement()
        judgement.tally = try await history.judge(.init()) { judgement.note($0) }
        judgement.seconds = 0.5
        return judgement
    }

    @Test func `a stream is shown with its decisions and its state`() async throws {
        let console = Console(width: nil, errorWidth: nil, allowsColor: false, output: { _ in }, errors: { _ in })
        try golden.expect(ReplayText.text(of: try await replay(), console), named: "replay.txt")
    }

    @Test func `a stream is one document for programs`() async throws {
        let text = ReplayText.json(try await replay())
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        try golden.expect(text, named: "replay.json")
    }

    @Test func `differences are shown with what was recorded and what would be decided`() async throws {
        try golden.expect(ReplayText.text(of: try await judgement()), named: "replay-against.txt")
    }

    @Test func `differences are one document for programs`() async throws {
        let text = ReplayText.json(try await judgement())
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        try golden.expect(text, named: "replay-against.json")
    }

    @Test(arguments: [
        (["replay", "--database-url", "x"], "say which stream"),
        (["replay", "run", "--database-url", "x"], "is not a stream's name"),
        (["replay", "run-1", "--from", "2", "--database-url", "x"], "go with --against"),
        (["replay", "run-1", "--against", "--category", "run", "--database-url", "x"], "leave the stream out"),
        (["replay", "--against", "--to-version", "3", "--database-url", "x"], "goes without --against"),
        (["store", "new-epoch", "--reason", "  ", "--owner-url", "x"], "--reason must say"),
    ])
    func `a command line that does not fit is told how it would`(words: [String], message: String) async {
        let errors = Mutex("")
        let console = Console(
            width: nil, errorWidth: nil, allowsColor: false, output: { _ in },
            errors: { text in errors.withLock { $0 += text } })
        let status = await WeirCommand.program.run(words, environment: [:], console: console)
        #expect(status == 64)
        #expect(errors.withLock { $0 }.contains(message), "\(errors.withLock { $0 })")
    }
}
