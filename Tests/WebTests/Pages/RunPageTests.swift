import ControlPlane
import Domain
import EventSourcing
import Foundation
import Testing
import Web

@Suite struct RunPageTests {
    private func page(
        _ run: RunView, _ events: [(TimeInterval, RunEvent)] = [(0, .requested(RunSamples.requested))],
        rows: [String] = []
    ) throws -> String {
        let history = try RunSamples.history(events, run: 1)
        return RunPage(run: run, events: history, rows: rows, epoch: RunSamples.position.epoch, now: RunSamples.now)
            .html.text
    }

    @Test func `a run that succeeded at its second attempt shows its steps, its result and its history`() throws {
        let failed = RunFailure(code: "WORKER_LOST", fault: .engine, message: "a worker died", isRetryable: true)
        let text = try page(
            RunSamples.run(1, result: RunSamples.result, link: "https://trino.example/ui/query.html?a=1&b=2"),
            [
                (0, .requested(RunSamples.requested)), (0.01, .admitted(RunAdmitted())), (0.02, RunSamples.intended(1)),
                (0.3, RunSamples.dispatched(1)),
                (1, .attemptFailed(RunAttemptFailed(attempt: RunSamples.id(AttemptID.self, 201), failure: failed))),
                (1.01, .retryScheduled(RunRetryScheduled(at: RunSamples.start + 2))), (2, RunSamples.intended(2)),
                (2.2, RunSamples.dispatched(2)),
                (
                    4.1,
                    .resultRecorded(
                        RunResultRecorded(attempt: RunSamples.id(AttemptID.self, 202), result: RunSamples.result))
                ),
                (4.2, .succeeded(RunSucceeded())),
            ], rows: RunSamples.rows)
        try expectGolden(text, "run-succeeded.html")
    }

    @Test func `a failed run says whose fault it was and what the engine said`() throws {
        let text = try page(
            RunSamples.run(1, "failed", failure: RunSamples.failure),
            [
                (0, .requested(RunSamples.requested)), (0.1, RunSamples.intended(1)), (0.2, RunSamples.dispatched(1)),
                (4.2, .failed(RunFailed(failure: RunSamples.failure))),
            ])
        try expectGolden(text, "run-failed.html")
    }

    @Test func `only a run that goes on can be cancelled, and once`() throws {
        let button = #"action="/runs/"#
        #expect(try page(RunSamples.run(1, "running", ended: nil)).contains(button))
        #expect(try page(RunSamples.run(1, "queued", ended: nil)).contains(button))
        #expect(!(try page(RunSamples.run(1, "running", cancelReason: "", ended: nil)).contains(button)))
        #expect(!(try page(RunSamples.run(1, "outcome_unknown", ended: nil)).contains(button)))
        #expect(!(try page(RunSamples.run(1, "succeeded")).contains(button)))
    }

    @Test func `only a run that goes on is live, from its last event on`() throws {
        let open = try page(RunSamples.run(1, "running", ended: nil))
        let stream = "run-\(RunSamples.id(RunID.self, 101))"
        #expect(
            open.contains(
                #"data-live="/api/v1/events/stream?after=40&amp;epoch=\#(RunSamples.position.epoch)&amp;stream=\#(stream)""#
            ))
        #expect(!(try page(RunSamples.run(1)).contains("data-live")))
    }

    @Test func `a run of unknown outcome asks for a person`() throws {
        let run = RunSamples.run(
            1, "outcome_unknown", unknownReason: "the list of queries has forgotten it", ended: nil)
        let text = try page(run)
        #expect(text.contains("Nobody knows how it ended"))
        #expect(text.contains("the list of queries has forgotten it"))
    }

    @Test func `a statement that changes rows has a count and no table`() throws {
        let changed = RunResult(columns: [], rowCount: 0, isTruncated: false, digest: "", updateCount: 12_345)
        let text = try page(RunSamples.run(1, result: changed))
        #expect(text.contains("12\u{2009}345 rows changed"))
        #expect(!text.contains("<table class=\"result\">"))
    }

    @Test func `an event that this version does not know is shown, and harms nothing`() throws {
        let strange = EventEnvelope(
            seq: 9, stream: StreamName(category: "run", id: "x"), version: 1, recordedAt: RunSamples.start,
            event: EncodedEvent(type: "run.teleported", schemaVersion: 7, payload: "{}"),
            metadata: EventMetadata(actor: "service:saga"))
        let text = RunPage(
            run: RunSamples.run(1), events: [strange], rows: [], epoch: RunSamples.position.epoch, now: RunSamples.now
        ).html.text
        #expect(text.contains("run.teleported"))
        #expect(text.contains("not known to this version"))
    }
}
