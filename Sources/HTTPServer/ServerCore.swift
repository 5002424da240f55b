import Synchronization

/// What the connections' thread, the handlers' tasks and the watch share.
final class ServerCore: Sendable {
    let configuration: Configuration
    let routes: RouteTable
    let notice: @Sendable (ServerNotice) -> Void
    let registry = ConnectionRegistry()
    /// The thread that serves the connections.
    let loop: EventLoop
    /// Requests whose handlers run on the loop's thread.
    let brief = RequestChannel()
    /// Requests whose handlers run beside each other, on all processors.
    let concurrent = RequestChannel()
    /// Bytes of body; to read a longer one is not brief.
    static let longestBriefBody = 16 * 1024
    let lifecycle = Mutex(Lifecycle())
    /// Handlers and producers whose tasks run or wait to run.
    let handlers = Atomic<Int>(0)
    /// Bodies in chunks that are being received.
    let chunkedBodies = Atomic<Int>(0)
    /// Called whenever a connection has closed.
    private let onClose = Mutex<@Sendable () -> Void>({})

    init(
        configuration: Configuration, routes: RouteTable, notice: @escaping @Sendable (ServerNotice) -> Void
    ) throws(ServerStartError) {
        self.loop = try EventLoop()
        self.configuration = configuration
        self.routes = routes
        self.notice = notice
    }

    var isStopping: Bool { lifecycle.withLock(\.isStopping) }

    func whenClosed(_ action: @escaping @Sendable () -> Void) {
        onClose.withLock { $0 = action }
    }

    func connectionClosed(_ record: ConnectionRecord) {
        registry.remove(record)
        onClose.withLock { $0 }()
    }
}
