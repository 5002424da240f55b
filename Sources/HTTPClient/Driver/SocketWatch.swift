import CCurl
import Dispatch
import Glibc

/// Watches libcurl's sockets through one epoll descriptor, which one Dispatch source watches in turn.
///
/// libcurl closes a socket as soon as it has said that it wants it watched no more. A Dispatch source lets go of its
/// descriptor only some time after it was cancelled, when that number may belong to another socket already; epoll lets
/// go of it at once.
///
/// Unchecked: used on the driver's queue alone.
final class SocketWatch: @unchecked Sendable {
    /// Events taken at a time.
    private static let batch = 64

    private let epoll: CInt
    private let source: any DispatchSourceRead
    private var handle: (curl_socket_t, CInt) -> Void = { _, _ in }

    init(queue: DispatchQueue) throws(ClientError) {
        epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .invalidRequest("no descriptor for epoll: \(String(cString: strerror(errno)))") }
        source = DispatchSource.makeReadSource(fileDescriptor: epoll, queue: queue)
    }

    /// - Parameter handle: Gets each socket that something happened to, and what, in libcurl's terms.
    func start(_ handle: @escaping (curl_socket_t, CInt) -> Void) {
        self.handle = handle
        source.setEventHandler { [self] in deliver() }
        source.setCancelHandler { [epoll] in close(epoll) }
        source.activate()
    }

    func stop() {
        handle = { _, _ in }
        source.setEventHandler {}
        source.cancel()
    }

    /// - Parameter what: libcurl's `CURL_POLL_…`.
    func watch(_ socket: curl_socket_t, for what: CInt) {
        if what == CURL_POLL_REMOVE {
            curl_shim_unwatch(epoll, socket)
            return
        }
        var events: UInt32 = 0
        if what & CURL_POLL_IN != 0 { events |= EPOLLIN.rawValue }
        if what & CURL_POLL_OUT != 0 { events |= EPOLLOUT.rawValue }
        curl_shim_watch(epoll, socket, events)
    }

    private func deliver() {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.batch) { events in
            let count = epoll_wait(epoll, events.baseAddress, CInt(Self.batch), 0)
            guard count > 0 else { return }
            for event in events[..<Int(count)] {
                var happened: CInt = 0
                if event.events & EPOLLIN.rawValue != 0 { happened |= CURL_CSELECT_IN }
                if event.events & EPOLLOUT.rawValue != 0 { happened |= CURL_CSELECT_OUT }
                if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { happened |= CURL_CSELECT_ERR }
                handle(event.data.fd, happened)
            }
        }
    }
}
