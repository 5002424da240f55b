import Dispatch
import Synchronization

/// Looks after a running server from its own queue: accepts, watches deadlines, streams and clients, and stops it.
final class Keeper: @unchecked Sendable {
    // Sendable: the stored variables are used on the serial queue only.
    private let core: ServerCore
    private let queue = DispatchQueue(label: "HTTPServer.Keeper")
    private let timer: any DispatchSourceTimer
    private let acceptor: Acceptor
    private var nextClientWatch = ContinuousClock.now

    init(_ core: ServerCore, socket: ListeningSocket, daemon: Daemon) {
        self.core = core
        self.timer = DispatchSource.makeTimerSource(queue: queue)
        self.acceptor = Acceptor(socket, daemon: daemon, core: core, queue: queue)
    }

    func start() {
        let (seconds, attoseconds) = core.configuration.watchInterval.components
        let interval = DispatchTimeInterval.nanoseconds(Int(seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
        timer.setEventHandler { [self] in watch(now: .now) }
        timer.schedule(deadline: .now() + interval, repeating: interval)
        timer.activate()
        core.whenClosed { [self] in queue.async { self.afterClose() } }
        acceptor.start()
    }

    /// Accepts no more, ends the event streams and lets the rest finish.
    func beginStop() {
        queue.async { [self] in
            acceptor.stop()
            for exchange in core.registry.exchanges() where exchange.stream?.kind == .events { exchange.cancel() }
            advance(now: .now)
        }
    }

    /// Ends the watch; returns when nothing of it runs any more.
    func stop() {
        core.whenClosed {}
        timer.cancel()
        queue.sync { [self] in
            acceptor.stop()
            timer.setEventHandler {}
        }
    }

    private func afterClose() {
        acceptor.resumeIfPaused()
        advance(now: .now)
    }

    private func watch(now: ContinuousClock.Instant) {
        let configuration = core.configuration
        for exchange in core.registry.exchanges() {
            if exchange.isHandlingOverdue(now: now) {
                core.answer(exchange, refusal: .overloaded, cut: .handlerDeadlinePassed)
            }
            exchange.stream?.watch(
                now: now, heartbeat: configuration.heartbeat, slowestReader: configuration.slowestReader)
        }
        core.registry.stopReadingOverdue(now: now)
        core.registry.stopReading(idleSince: now - configuration.idleTimeout * 2)
        if now >= nextClientWatch {
            nextClientWatch = now + configuration.clientWatchInterval
            for exchange in core.registry.abandoned() { exchange.clientGone() }
        }
        acceptor.resumeIfPaused()
        advance(now: now)
    }

    /// Takes the next step of a stop.
    private func advance(now: ContinuousClock.Instant) {
        guard core.isStopping else { return }
        core.registry.stopReading(idleSince: now - core.configuration.stopLastCall)
        let connections = core.registry.count
        let step = core.lifecycle.withLock {
            $0.step(now: now, connections: connections, flush: core.configuration.stopFlush)
        }
        switch step {
        case .none: return
        case .cancelHandlers:
            for exchange in core.registry.exchanges() {
                core.answer(exchange, refusal: .stopping, cut: .handlerStopped)
                exchange.stream?.end(.cut(.serverStopping))
            }
        case .close:
            core.brief.finish()
            core.concurrent.finish()
        }
    }
}
