import Testing

@testable import HTTPServer

@Suite struct LifecycleTests {
    private let start = ContinuousClock.now

    @Test func `a stop waits for connections, then cancels handlers, then gives up`() {
        var lifecycle = Lifecycle()
        #expect(lifecycle.start() == .serve)
        #expect(lifecycle.step(now: start, connections: 0, flush: .seconds(1)) == .none)
        #expect(lifecycle.beginStop(now: start, grace: .seconds(10)) == true)
        #expect(lifecycle.beginStop(now: start, grace: .seconds(99)) == false)
        #expect(lifecycle.step(now: start + .seconds(9), connections: 2, flush: .seconds(1)) == .none)
        #expect(lifecycle.step(now: start + .seconds(10), connections: 2, flush: .seconds(1)) == .cancelHandlers)
        #expect(lifecycle.step(now: start + .seconds(10), connections: 2, flush: .seconds(1)) == .none)
        #expect(lifecycle.step(now: start + .seconds(11), connections: 2, flush: .seconds(1)) == .close)
        #expect(lifecycle.step(now: start + .seconds(12), connections: 0, flush: .seconds(1)) == .none)
    }

    @Test func `a stop ends as soon as nobody is connected`() {
        var lifecycle = Lifecycle()
        _ = lifecycle.start()
        _ = lifecycle.beginStop(now: start, grace: .seconds(10))
        #expect(lifecycle.step(now: start, connections: 1, flush: .seconds(1)) == .none)
        #expect(lifecycle.step(now: start, connections: 0, flush: .seconds(1)) == .close)
        #expect(lifecycle.phase == .closed)
    }

    @Test func `a server starts once, and not after it was stopped`() {
        var lifecycle = Lifecycle()
        #expect(lifecycle.start() == .serve)
        #expect(lifecycle.start() == .refuse)
        var stopped = Lifecycle()
        #expect(stopped.beginStop(now: start, grace: .zero) == true)
        #expect(stopped.start() == .returnAtOnce)
        #expect(stopped.start() == .refuse)
    }
}
