import ControlPlane
import Domain
import EventSourcing
import Foundation
import TestSupport
import Testing

@testable import Persistence

/// The read model of runs says what the decider's own state says, after any history.
struct RunSummaryTests {
    private static func commands(_ state: RunState, number: Int) -> [RunCommand] {
        let attempt = state.liveAttempt?.id ?? AttemptID(UUID())
        let failure = RunFailure(code: "E\(number)", fault: .engine, message: "no \(number)", isRetryable: true)
        return [
            .admit, .queue(RunQueued(reason: .runnerFull, message: "full")),
            .intendDispatch(
                RunDispatchIntended(
                    attempt: AttemptID(UUID()), number: state.attempts + 1, engine: .trino, fingerprint: "f", epoch: 1)),
            .recordDispatch(RunDispatched(attempt: attempt, externalID: "q\(number)", link: "https://t/\(number)")),
            .recordDispatch(RunDispatched(attempt: attempt, externalID: "r\(number)", link: nil)),
            .recordStart,
            .recordProgress(RunProgress(state: "RUNNING", percent: number * 10, rowsProcessed: 1, bytesProcessed: nil)),
            .failAttempt(failure), .scheduleRetry(at: Date(timeIntervalSince1970: 1_800_000_000)),
            .adopt(epoch: Int64(number + 2)), .requestCancel(reason: "enough \(number)"),
            .confirmCancel(RunCancelled(proof: .notDispatched)), .timeOut(RunTimedOut(proof: .engineConfirmed)),
            .succeed(
                RunResult(
                    columns: [ResultColumn(name: "a", type: "bigint")], rowCount: number, isTruncated: false,
                    digest: "d", updateCount: nil)),
            .fail(failure), .reportUnknown(reason: "lost \(number)"),
            .resolve(RunResolution(outcome: .failed, reason: "seen")),
        ]
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `After any history the summary agrees with the run's state`(seed: UInt64) async throws {
        try await ProjectedLog.run { log in
            var generator = SeededGenerator(seed: seed)
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            let sample = try await SampleJob("1", on: log)
            var runs: [RunID] = []
            for _ in 0..<25 {
                let run = try await sample.requestRun(on: log)
                runs.append(run)
                for number in 0..<Int.random(in: 0..<14, using: &generator) {
                    let state = try await loaded(run, log).state
                    let fitting = Self.commands(state, number: number).filter {
                        (try? RunDecider.decide($0, state).isEmpty) == false
                    }
                    guard let command = fitting.randomElement(using: &generator) else { break }
                    try await sample.step(command, run, on: log)
                }
            }
            try await log.catchUp(store, fence)
            for run in runs { try await compare(run, sample, log) }
            let open = try #require(try await log.readModels.openRuns(after: nil, limit: 1_000))
            var expected: [RunID] = []
            for run in runs where try await !loaded(run, log).state.isEnded { expected.append(run) }
            #expect(open.runs.map(\.id) == expected.sorted())
            #expect(open.throughSeq == (try await log.events.head()))
        }
    }

    private func loaded(_ run: RunID, _ log: ProjectedLog) async throws -> LoadedStream<RunState> {
        try await log.transactor.load(RunDecider.self, StreamName(category: RunCodec.category, id: "\(run)"))
    }

    private func compare(_ run: RunID, _ sample: SampleJob, _ log: ProjectedLog) async throws {
        let (state, version) = (try await loaded(run, log).state, try await loaded(run, log).version)
        let view = try #require(try await log.readModels.run(run))
        let events = try await log.events.readWholeStream(StreamName(category: RunCodec.category, id: "\(run)"))
        let history = Comment(rawValue: events.map(\.event.type).joined(separator: " "))
        #expect(view.status == state.statusName, history)
        #expect(view.version == version, history)
        #expect(view.attempts == state.attempts, history)
        #expect(view.cancelReason == state.cancelReason, history)
        #expect(view.result == state.result, history)
        #expect((view.endedAt != nil) == state.isEnded, history)
        #expect(view.endedAt == (state.isEnded ? events.last?.recordedAt : nil), history)
        #expect(view.requestedAt == events.first?.recordedAt, history)
        #expect(view.startedAt == events.first { $0.event.type == RunStarted.type }?.recordedAt, history)
        #expect((view.workspaceName, view.jobName) == (sample.workspaceName, sample.jobName))
        #expect((view.workspace, view.job, view.connection) == (sample.workspace, sample.job, sample.connection))
        #expect((view.requestedBy, view.engine, view.deadline) == ("user:ada", .trino, sample.request.deadline))
        #expect(view.queueReason == (state.isQueued ? RunQueued.Reason.runnerFull.rawValue : nil), history)
        if let attempt = state.liveAttempt {
            #expect(view.attempt == attempt.id, history)
            #expect(view.externalID == attempt.externalID, history)
            #expect(view.progress == attempt.lastProgress, history)
        }
        #expect(view.unknownReason == state.unknownReason, history)
        if case .attemptFailed(_, let failure) = state.phase { #expect(view.failure == failure, history) }
    }
}

extension RunState {
    fileprivate var isQueued: Bool {
        if case .queued = phase { true } else { false }
    }

    fileprivate var unknownReason: String? {
        if case .outcomeUnknown(_, let reason) = phase { reason } else { nil }
    }
}
