import CMicroHTTPD

/// One libmicrohttpd daemon, run by the core's event loop.
final class Daemon: @unchecked Sendable {
    // Sendable: the library's functions for daemons are called on the loop's thread only, but for the last, after its end.
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
        do {
            try core.loop.start(watching: mhd_shim_epoll(pointer)) { [self] in takeTurn() }
        } catch {
            MHD_stop_daemon(pointer)
            settings.deallocate()
            throw error
        }
    }

    /// Hands over an accepted connection; the library closes it, also when it refuses it.
    func add(_ socket: Int32, from address: SocketAddress) {
        core.registry.accept()
        core.loop.perform { [self] in
            if address.withPointer({ MHD_add_connection(pointer, socket, $0, $1) }) != .YES {
                core.registry.forgetAccepted()
            }
        }
    }

    /// Ends the thread and all connections. Nothing may be suspended any more, and nothing may be called afterwards.
    func stop() {
        core.loop.stop()
        MHD_stop_daemon(pointer)
        settings.deallocate()
    }

    /// Receives, answers and sends what can be without waiting.
    ///
    /// - Returns: Milliseconds until the next turn at the latest; -1 for never.
    private func takeTurn() -> Int32 {
        MHD_run(pointer)
        var milliseconds: UInt64 = 0
        return MHD_get_timeout(pointer, &milliseconds) == .YES ? Int32(clamping: milliseconds) : -1
    }
}
