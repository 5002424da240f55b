import Glibc
import Synchronization

/// An HTTP/1.1 server.
///
/// It listens from `init` on, so `port` is known at once, and answers while `run()` runs:
///
///     let server = try Server(configuration: Configuration(port: 8080), router: router)
///     try await server.run()
///
/// `beginStop()` ends it gracefully. Cancelling the task of `run()` does the same with the handlers cancelled at once.
package final class Server: Sendable {
    /// The port it listens on.
    package let port: UInt16
    private let socket: ListeningSocket
    private let core: ServerCore
    private let keeper = Mutex<Keeper?>(nil)

    /// - Parameters:
    ///   - failures: renders what the server answers in a handler's stead.
    ///   - notice: takes what the server has to say beside its answers. Must not wait: it is called on the connections'
    ///     thread too.
    package init(
        configuration: Configuration = Configuration(), router: Router,
        failures: @escaping FailureResponder = RouteTable.plainText,
        notice: @escaping @Sendable (ServerNotice) -> Void = { _ in }
    ) throws(ServerStartError) {
        configuration.check()
        socket = try ListeningSocket(
            host: configuration.host, port: configuration.port, backlog: configuration.backlog)
        port = socket.port
        core = try ServerCore(
            configuration: configuration, routes: RouteTable(router, failures: failures), notice: notice)
    }

    /// Answers requests until the server is stopped and everything accepted is answered.
    ///
    /// Returns only when every handler has returned: one that ignores its cancellation keeps it, though its client has
    /// long got an answer.
    package func run() async throws(ServerStartError) {
        switch core.lifecycle.withLock({ $0.start() }) {
        case .serve: break
        case .returnAtOnce: return
        case .refuse: throw .hasRun
        }
        // The acceptor keeps the limit. The library counts a closed connection a little longer.
        let daemon = try Daemon(core, connectionLimit: core.configuration.connectionLimit * 2)
        let keeper = Keeper(core, socket: socket, daemon: daemon)
        self.keeper.withLock { $0 = keeper }
        keeper.start()
        if core.isStopping { keeper.beginStop() }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask(executorPreference: core.loop) { await self.receive(from: self.core.brief) }
                for _ in 0..<processorCount { group.addTask { await self.receive(from: self.core.concurrent) } }
            }
        } onCancel: {
            beginStop()
        }
        keeper.stop()
        daemon.stop()
        self.keeper.withLock { $0 = nil }
    }

    /// Starts handlers. Each runs here until it first waits, so that one which never does costs no change of threads; with
    /// a receiver for each core a handler that computes holds up no other.
    private func receive(from channel: RequestChannel) async {
        await withDiscardingTaskGroup { group in
            var started = 0
            while let exchange = await channel.next() {
                group.addImmediateTask { await self.core.serve(exchange) }
                started += 1
                // Under full load there is always a next one: handlers that have waited must get their turn too.
                if started.isMultiple(of: 8) { await Task.yield() }
            }
        }
    }

    /// Accepts no more connections, lets running handlers finish within the configuration's grace, ends streams of
    /// events, answers what still comes on open connections as stopping, and lets `run()` return.
    package func beginStop() {
        let begun = core.lifecycle.withLock { $0.beginStop(now: .now, grace: core.configuration.stopGrace) }
        if begun { keeper.withLock { $0 }?.beginStop() }
    }

    private var processorCount: Int {
        max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }
}
