import CMicroHTTPD
import Glibc

/// A bound and listening TCP socket, closed with this object.
final class ListeningSocket: Sendable {
    let descriptor: Int32
    /// The port it got.
    let port: UInt16

    init(host: String, port: UInt16, backlog: Int32) throws(ServerStartError) {
        guard let address = SocketAddress(host: host, port: port) else { throw .invalidAddress(host) }
        let descriptor = socket(
            Int32(address.family), Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .cannotListen(systemError()) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard address.withPointer({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, backlog) == 0,
            let bound = SocketAddress.ofSocket(descriptor)
        else {
            let reason = systemError()
            close(descriptor)
            throw .cannotListen(reason)
        }
        self.descriptor = descriptor
        self.port = bound.client.port
    }

    /// Refuses connections from now on.
    func stopListening() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    deinit {
        close(descriptor)
    }
}

/// The text of the last error of a system call on this thread.
func systemError() -> String {
    String(cString: strerror(errno))
}
