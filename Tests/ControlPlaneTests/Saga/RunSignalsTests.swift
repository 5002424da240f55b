import Domain
import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// How the drivers of runs are woken.
@Suite struct RunSignalsTests {
    private let run = RunID(UUID())

    @Test func `a run has one driver`() {
        let signals = RunSignals()
        #expect(signals.open(run))
        #expect(!signals.open(run))
        signals.close(run)
        #expect(signals.open(run))
    }

    @Test func `a signal is told once, also when nobody waited for it`() {
        let signals = RunSignals()
        _ = signals.open(run)
        #expect(!signals.take(run))
        #expect(signals.raise(run))
        signals.raise(run)
        #expect(signals.take(run))
        #expect(!signals.take(run))
    }

    @Test func `what the driver has seen of the stream is no news to it`() {
        let signals = RunSignals()
        _ = signals.open(run)
        #expect(signals.loading == 1)
        #expect(signals.raise(run, version: 3) && signals.take(run), "nothing was seen yet")
        signals.know(3, of: run)
        #expect(signals.loading == 0)
        #expect(signals.raise(run, version: 3), "somebody drives it")
        #expect(!signals.take(run))
        #expect(signals.raise(run, version: 4) && signals.take(run))
        #expect(signals.raise(run) && signals.take(run), "what is not in the log is always news")
    }

    @Test func `who raises a signal learns whether anybody drives the run`() {
        let signals = RunSignals()
        #expect(!signals.raise(run))
        _ = signals.open(run)
        signals.close(run)
        #expect(!signals.raise(run))
    }

    @Test(.timeLimit(.minutes(1))) func `a signal ends a wait, before it and during it`() async throws {
        let signals = RunSignals()
        _ = signals.open(run)
        signals.raise(run)
        try await signals.wait(for: run, timeout: .seconds(600))
        #expect(signals.take(run))
        async let waited: Void = signals.wait(for: run, timeout: .seconds(600))
        signals.raise(run)
        try await waited
        #expect(signals.take(run))
    }

    @Test(.timeLimit(.minutes(1))) func `a wait ends when its time is over, however short it is`() async throws {
        let signals = RunSignals()
        _ = signals.open(run)
        for _ in 0..<5_000 { try await signals.wait(for: run, timeout: .zero) }
        for microseconds in 0..<500 { try await signals.wait(for: run, timeout: .microseconds(microseconds)) }
        #expect(!signals.take(run))
    }

    @Test(.timeLimit(.minutes(1))) func `a wait ends when its task is cancelled`() async throws {
        let signals = RunSignals()
        _ = signals.open(run)
        let run = run
        let waiting = Task { try await signals.wait(for: run, timeout: .seconds(600)) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test(.timeLimit(.minutes(1))) func `a wait ends when the run's signals are closed`() async throws {
        let signals = RunSignals()
        _ = signals.open(run)
        async let waited: Void = signals.wait(for: run, timeout: .seconds(600))
        signals.close(run)
        try await waited
    }
}
