import CMicroHTTPD

/// One running libmicrohttpd daemon: a thread with an epoll loop over the connections that it is given.
final class Daemon: @unchecked Sendable {
    // Sendable: `add` may be called from any thread (the library locks), and `stop` is called once, by the one owner.
    private let pointer: OpaquePointer
    private let settings: UnsafeMutablePointer<mhd_shim_settings>
    private let core: ServerCore

    init(_ core: ServerCore, connectionLimit: Int) throws(ServerStartError) {
        let configuration = core.configuration
        self.core = core
        self.settings = .allocate(capacity: 1)
        settings.initialize(
            to: mhd_shim_settings(
                connection_memory: configuration.connectionMemory,
                connection_limit: UInt32(clamping: connectionLimit),
                connection_limit_per_address: UInt32(configuration.connectionLimitPerAddress),
                idle_seconds: UInt32(configuration.idleTimeout.components.seconds),
                handle: DaemonCallbacks.handle,
                completed: DaemonCallbacks.completed,
                connected: DaemonCallbacks.connected,
                target: DaemonCallbacks.target,
                unescape: DaemonCallbacks.unescape,
                log: DaemonCallbacks.log,
                context: Unmanaged.passUnretained(core).toOpaque()))
        guard let pointer = mhd_shim_start(settings) else {
            settings.deallocate()
            throw .cannotStart
        }
        self.pointer = pointer
    }

    /// Hands over an accepted connection; the library closes it, also when it refuses it.
    func add(_ socket: Int32, from address: SocketAddress) {
        core.registry.accept()
        if address.withPointer({ MHD_add_connection(pointer, socket, $0, $1) }) != .YES {
            core.registry.forgetAccepted()
        }
    }

    /// Ends the thread and all connections. Nothing may be suspended any more, and nothing may be called afterwards.
    func stop() {
        MHD_stop_daemon(pointer)
        settings.deallocate()
    }
}
