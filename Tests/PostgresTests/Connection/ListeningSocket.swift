import Dispatch
import Glibc

/// A TCP socket of a test, on a free port of loopback: it takes connections into its queue, and says nothing.
struct ListeningSocket: ~Copyable {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isBound else { throw SocketFailure(code: errno) }
    }

    /// Takes the next connection, on a thread of its own, since that blocks.
    func accept() async -> AcceptedSocket {
        let descriptor = descriptor
        return await AcceptedSocket.onThread { AcceptedSocket(descriptor: Glibc.accept(descriptor, nil, nil)) }
    }

    deinit { close(descriptor) }
}

/// A connection that a listening socket has taken. Its calls block.
struct AcceptedSocket {
    let descriptor: Int32

    static func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: work()) }
        }
    }

    /// Waits for something to come, and drops it.
    func takeSomething() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        _ = recv(descriptor, &buffer, buffer.count, 0)
    }

    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Ends the connection as a host does that knows nothing of it any more: by a reset, right behind what was sent.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }
}

struct SocketFailure: Error {
    let code: Int32
}
