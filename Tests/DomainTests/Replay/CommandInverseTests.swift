import Domain
import EventSourcing
import Foundation
import TestSupport
import Testing

/// A command can be told from what it led to: deciding what was told leads to the same events.
@Suite struct CommandInverseTests {
    private func expectInverse<D: ReplayableDecider>(
        _ decider: D.Type, _ command: D.Command, _ state: D.State
    ) -> Bool {
        guard let events = try? D.decide(command, state), !events.isEmpty else { return false }
        guard let told = D.command(thatLedTo: events, from: state) else {
            Issue.record("nothing is told from \(events)")
            return true
        }
        #expect((try? D.decide(told, state)) == events, "\(command) is told as \(told)")
        #expect(D.name(of: told) == D.name(of: command))
        return true
    }

    /// Each command led to events in some state: none is left untried.
    private func expectEach<D: ReplayableDecider>(
        _ decider: D.Type, _ commands: [D.Command], _ states: [D.State]
    ) where D.Command: Hashable {
        for command in commands {
            let decided = states.map { expectInverse(D.self, command, $0) }
            #expect(decided.contains(true), "\(command) leads to nothing in any state")
        }
    }

    @Test func `every command of a run can be told from its events, in every state`() {
        let histories = RunHistories.open + RunHistories.ended
        let states = [[]] + histories + histories.map(RunHistories.cancelling)
        expectEach(RunDecider.self, RunCommand.each, states.map { RunDecider.fold($0) })
    }

    @Test func `every command of a run can be told from its events, also after histories that make no sense`() {
        var generator = SeededGenerator(seed: 5)
        let events = (RunHistories.open + RunHistories.ended).flatMap { $0 }
        var decided = 0
        for _ in 0..<2_000 {
            let history = (0..<Int.random(in: 0...10, using: &generator)).compactMap { _ in
                events.randomElement(using: &generator)
            }
            let state = RunDecider.fold(history)
            for command in RunCommand.each where expectInverse(RunDecider.self, command, state) { decided += 1 }
        }
        #expect(decided > 2_000)
    }

    @Test func `every command of the other streams can be told from its events`() throws {
        let created = WorkspaceEvent.created(WorkspaceCreated(name: "Grid", description: "d"))
        expectEach(
            WorkspaceDecider.self, [.create(name: "Grid", description: "d"), .describe(description: "other")],
            [WorkspaceDecider.initial, WorkspaceDecider.fold([created])])
        let connection = ConnectionCreated.trino
        expectEach(
            ConnectionDecider.self,
            [
                .create(
                    workspace: connection.workspace, name: connection.name, settings: connection.settings,
                    hasSecret: connection.hasSecret), .recordCheck(.healthy), .recordCheck(.unhealthy),
            ], [ConnectionDecider.initial, ConnectionDecider.fold([.created(connection)])])
        let first = JobDefinition(connection: .sample, sql: "SELECT 1")
        let job: [JobEvent] = [
            .created(JobCreated(workspace: .sample, name: "daily")),
            .versionPublished(JobVersionPublished(version: 1, definition: first)),
        ]
        expectEach(
            JobDecider.self,
            [.create(workspace: .sample, name: "daily", definition: first), .publishVersion(.everyKind)],
            [JobDecider.initial, JobDecider.fold(job)])
        #expect(JobDecider.command(thatLedTo: [job[0]], from: JobDecider.initial) == nil)
    }

    @Test func `each command has a stable name of its own, which begins with its stream's kind`() {
        let names = RunCommand.each.map { RunDecider.name(of: $0) }
        #expect(Set(names).count == names.count)
        for name in names { #expect(name.wholeMatch(of: /run\.[a-z]+(_[a-z]+)*/) != nil, "\(name)") }
    }

    @Test func `each stream that the registry knows can be replayed`() throws {
        for category in EventRegistry.typesByCategory.keys {
            #expect(StreamReplays.make(StreamName(category: category, id: "x")) != nil, "\(category)")
        }
        #expect(StreamReplays.make(StreamName(category: "unheard", id: "x")) == nil)
    }

    /// Security and system streams note what they are told: the inverse is tried on each example there is.
    @Test func `what is noted can be told from its event`() throws {
        for sample in EventSample.all where ["security", "system"].contains(sample.type.prefix { $0 != "." }) {
            let stream = StreamName(category: String(sample.type.prefix { $0 != "." }), id: "x")
            var replay = try #require(StreamReplays.make(stream))
            let decisions = replay.take(
                EventEnvelope(
                    seq: 1, stream: stream, version: 1, recordedAt: Date(), event: try sample.encode(),
                    metadata: EventMetadata(actor: "service:weir")))
            #expect(decisions.map(\.verdict) == [.same], "\(sample)")
        }
    }
}
