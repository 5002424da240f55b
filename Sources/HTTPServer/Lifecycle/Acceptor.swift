import Dispatch
import Glibc

/// Accepts connections for the daemon. Everything happens on the keeper's queue.
///
/// The library could accept by itself, but stopping that (`MHD_quiesce_daemon`) races with its own thread, which aborts
/// the process when it loses, and connections that wait in the backlog would be lost.
final class Acceptor: @unchecked Sendable {
    // Sendable: used on one serial queue only.
    private let socket: ListeningSocket
    private let daemon: Daemon
    private let core: ServerCore
    private let source: any DispatchSourceRead
    private var isPaused = false
    private var isStopped = false

    init(_ socket: ListeningSocket, daemon: Daemon, core: ServerCore, queue: DispatchQueue) {
        self.socket = socket
        self.daemon = daemon
        self.core = core
        source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
        // The socket lives until it is watched no more. Closed before, its number would go to another socket, and the end
        // of this watch would be the end of that one's.
        source.setCancelHandler { withExtendedLifetime(socket) {} }
    }

    func start() {
        source.setEventHandler { [self] in acceptSome() }
        source.activate()
    }

    /// Goes on after a pause, if there is room again.
    func resumeIfPaused() {
        guard isPaused, !isStopped, core.registry.count < core.configuration.connectionLimit else { return }
        isPaused = false
        source.resume()
    }

    /// Takes what waits in the backlog, and nothing after it.
    func stop() {
        if isStopped { return }
        isStopped = true
        for _ in 0..<core.configuration.backlog where !acceptOne() { break }
        source.setEventHandler {}
        source.cancel()
        if isPaused { source.resume() }
        socket.stopListening()
    }

    private func acceptSome() {
        for _ in 0..<64 {
            if core.registry.count >= core.configuration.connectionLimit { return pause() }
            if !acceptOne() { return }
        }
    }

    private func acceptOne() -> Bool {
        let (connection, address) = SocketAddress.accept(from: socket.descriptor)
        if connection >= 0 {
            daemon.add(connection, from: address)
            return true
        }
        switch errno {
        case EINTR, ECONNABORTED: return true
        case EAGAIN: return false
        default:
            // Out of descriptors or memory: the socket stays readable, so wait for the watch instead of spinning.
            core.notice(.acceptFailed(systemError()))
            pause()
            return false
        }
    }

    private func pause() {
        if isPaused || isStopped { return }
        isPaused = true
        source.suspend()
    }
}
