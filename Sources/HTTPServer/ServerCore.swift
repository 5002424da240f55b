import Synchronization

/// What the library's threads, the handlers' tasks and the watch share.
final class ServerCore: Sendable {
    let configuration: Configuration
    let routes: RouteTable
    let notice: @Sendable (ServerNotice) -> Void
    let registry = ConnectionRegistry()
    let channel = RequestChannel()
    let lifecycle = Mutex(Lifecycle())
    /// Handlers and producers whose tasks run or wait to run.
    let handlers = Atomic<Int>(0)
    /// Called whenever a connection has closed.
    private let onClose = Mutex<@Sendable () -> Void>({})

    init(configuration: Configuration, routes: RouteTable, notice: @escaping @Sendable (ServerNotice) -> Void) {
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
