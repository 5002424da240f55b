import Dispatch
import Foundation
import Glibc

/// A TCP connection to the server under test that sends exactly the bytes it is told to.
///
/// The calls that block do so on a queue of their own. Nothing waits longer than ten seconds.
final class RawHTTPConnection: Sendable {
    enum Fault: Error {
        case system(String)
        case timedOut(received: String)
        case closed(received: String)
    }

    private let socket: Int32
    private let sending = DispatchQueue(label: "RawHTTPConnection.sending")
    private let receiving = DispatchQueue(label: "RawHTTPConnection.receiving")

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        // Pieces go out as they are given.
        var immediately: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &immediately, socklen_t(MemoryLayout<Int32>.size))
        // A bound for what hangs, not a measure: all tests run at once, on few cores.
        var limit = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if connected != 0 { throw Fault.system(String(cString: strerror(errno))) }
    }

    deinit {
        close(socket)
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    /// - Parameter pieceSize: How many bytes go out at a time; nil for as many as the system takes.
    func send(_ bytes: [UInt8], pieceSize: Int? = nil) async throws {
        try await on(sending) { [socket] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = rest.prefix(pieceSize ?? rest.count).withUnsafeBytes {
                    Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if sent <= 0 { throw Fault.system(String(cString: strerror(errno))) }
                rest = rest.dropFirst(sent)
            }
        }
    }

    /// At least one byte; empty at the end, or when the server has reset the connection.
    func receive(_ limit: Int = 64 * 1024) async throws -> [UInt8] {
        try await on(receiving) { [socket] in
            var buffer = [UInt8](repeating: 0, count: limit)
            let count = recv(socket, &buffer, limit, 0)
            if count < 0, errno == EAGAIN { throw Fault.timedOut(received: "") }
            return Array(buffer.prefix(max(0, count)))
        }
    }

    /// Everything until the server closes.
    func readToEnd() async throws -> String {
        var all: [UInt8] = []
        while true {
            let piece = try await receive()
            if piece.isEmpty { return String(decoding: all, as: UTF8.self) }
            all += piece
        }
    }

    /// Everything up to and including that text; it must not come in one piece with what follows.
    func read(until mark: String) async throws -> String {
        var all = ""
        while !all.contains(mark) {
            let piece = try await receive()
            if piece.isEmpty { throw Fault.closed(received: all) }
            all += String(decoding: piece, as: UTF8.self)
        }
        return all
    }

    /// One answer with a Content-Length (or to HEAD: with none).
    func readResponse(toHead isHead: Bool = false) async throws -> RawResponse {
        var received: [UInt8] = []
        while true {
            if let response = RawResponse(received, isHead: isHead) { return response }
            let piece = try await receive()
            if piece.isEmpty { throw Fault.closed(received: String(decoding: received, as: UTF8.self)) }
            received += piece
        }
    }

    /// Sends nothing more; still reads.
    func closeSending() {
        shutdown(socket, Int32(SHUT_WR))
    }

    /// Goes away at once, with a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        shutdown(socket, Int32(SHUT_RDWR))
    }

    private func on<Value: Sendable>(_ queue: DispatchQueue, _ body: @escaping @Sendable () throws -> Value)
        async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}

/// An answer as it came over the wire.
struct RawResponse {
    let status: Int
    let fields: [(name: String, value: String)]
    let body: String

    /// `nil` while it is incomplete.
    init?(_ bytes: [UInt8], isHead: Bool) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        self.status = status
        self.fields = lines.dropFirst().compactMap { line in
            guard let colon = line.range(of: ": ") else { return nil }
            return (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
        }
        let body = text[end.upperBound...]
        let length = fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        if !isHead, body.utf8.count < length { return nil }
        self.body = String(body)
    }

    subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var closes: Bool { self["Connection"]?.lowercased() == "close" }
}
