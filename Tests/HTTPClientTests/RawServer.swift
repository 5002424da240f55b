import Dispatch
import Foundation
import Glibc
import Synchronization

/// A server that does with each connection exactly what a test says, on a thread of its own, and remembers every
/// request that it read.
final class RawServer: Sendable {
    struct Received: Sendable {
        let connection: Int
        let head: String
        let body: [UInt8]

        var method: Substring { head.prefix { $0 != " " } }
    }

    enum Fault: Error {
        case system(String)
    }

    let port: UInt16
    private let listener: Int32
    private let log = Mutex<[Received]>([])
    private let threads = DispatchGroup()

    var url: String { "http://127.0.0.1:\(port)" }
    var received: [Received] { log.withLock { $0 } }

    init(_ serve: @escaping @Sendable (RawConnection) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { [listener] address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> UInt16? in
                guard bind(listener, generic, length) == 0, listen(listener, 128) == 0,
                    getsockname(listener, generic, &length) == 0
                else { return nil }
                return UInt16(bigEndian: address.pointee.sin_port)
            }
        }
        guard let port else { throw Fault.system(String(cString: strerror(errno))) }
        self.port = port
        acceptAll(serve)
    }

    private func acceptAll(_ serve: @escaping @Sendable (RawConnection) -> Void) {
        Thread.detachNewThread { [listener, threads, weak self] in
            var number = 0
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { break }
                guard let self else { break }
                number += 1
                let connection = RawConnection(socket, number: number) { received in
                    self.log.withLock { $0.append(received) }
                }
                threads.enter()
                Thread.detachNewThread {
                    serve(connection)
                    connection.close()
                    threads.leave()
                }
            }
            Glibc.close(listener)
        }
    }

    /// Returns when every connection was served to its end.
    func allServed() async {
        await withCheckedContinuation { continuation in
            threads.notify(queue: .global()) { continuation.resume() }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }
}

/// A connection that a `RawServer` accepted. Used by its own thread.
final class RawConnection: @unchecked Sendable {
    let number: Int
    private let socket: Int32
    private let remember: (RawServer.Received) -> Void
    private var buffer: [UInt8] = []
    private var isOpen = true

    init(_ socket: Int32, number: Int, remember: @escaping (RawServer.Received) -> Void) {
        self.socket = socket
        self.number = number
        self.remember = remember
    }

    /// Reads a request; nil at the end of the connection.
    @discardableResult
    func readRequest() -> RawServer.Received? {
        guard let head = readHead() else { return nil }
        let length = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) }
        while buffer.count < length ?? 0 { guard fill() else { return nil } }
        let received = RawServer.Received(connection: number, head: head, body: Array(buffer.prefix(length ?? 0)))
        buffer.removeFirst(length ?? 0)
        remember(received)
        return received
    }

    /// Reads no more than the head of a request, and remembers it.
    @discardableResult
    func readHeadOnly() -> String? {
        guard let head = readHead() else { return nil }
        remember(RawServer.Received(connection: number, head: head, body: []))
        return head
    }

    private func readHead() -> String? {
        while true {
            if let end = Data(buffer).range(of: Data("\r\n\r\n".utf8)) {
                let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                buffer.removeFirst(end.upperBound)
                return head
            }
            guard fill() else { return nil }
        }
    }

    private func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &piece, piece.count, 0)
        guard count > 0 else { return false }
        buffer += piece.prefix(count)
        return true
    }

    /// Whether all of it went out.
    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    func answer(_ body: String = "ok", status: String = "200 OK", fields: String = "") {
        write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    }

    /// Writes until nothing fits between the two ends any more, for half a second; returns how much went out.
    func writeUntilFull(upTo limit: Int) -> Int {
        var patience = timeval(tv_sec: 0, tv_usec: 500_000)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        defer {
            patience = timeval(tv_sec: 0, tv_usec: 0)
            setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
        var written = 0
        while written < limit {
            let sent = send(socket, piece, min(piece.count, limit - written), Int32(MSG_NOSIGNAL))
            guard sent > 0 else { break }
            written += sent
        }
        return written
    }

    /// Returns when the other side has closed; what it still sends is dropped.
    func waitForClose() {
        while fill() { buffer = [] }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(socket)
    }
}

/// A signal between a test and its server's threads, in either direction. It counts as given after two minutes, so that
/// a test that fails before it ends, too.
final class Gate: Sendable {
    private let count: Mutex<Int>
    private let waiters = DispatchGroup()

    /// - Parameter count: How many times it has to be signalled before it opens.
    init(_ count: Int = 1) {
        self.count = Mutex(count)
        waiters.enter()
    }

    func signal() {
        let left = count.withLock { count in
            count -= 1
            return count
        }
        if left == 0 { waiters.leave() }
    }

    /// For a server's thread.
    func block() { _ = waiters.wait(timeout: .now() + 120) }

    /// For a test's task.
    func opened() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                block()
                continuation.resume()
            }
        }
    }
}
