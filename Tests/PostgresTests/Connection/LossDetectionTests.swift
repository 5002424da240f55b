import Glibc
import Postgres
import TestSupport
import Testing

/// How soon a connection notices that the other side is gone.
@Suite struct LossDetectionTests {
    /// What a socket of this process does, in seconds, and milliseconds for the last one.
    private struct Options: Equatable {
        var idle: Int32
        var interval: Int32
        var count: Int32
        var timeout: Int32

        init(idle: Int32, interval: Int32, count: Int32, timeout: Int32) {
            self.idle = idle
            self.interval = interval
            self.count = count
            self.timeout = timeout
        }

        init(of descriptor: Int32) {
            func option(_ name: Int32) -> Int32 {
                var value: Int32 = -1
                var length = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(descriptor, Int32(IPPROTO_TCP), name, &value, &length)
                return value
            }
            self.init(
                idle: option(TCP_KEEPIDLE), interval: option(TCP_KEEPINTVL), count: option(TCP_KEEPCNT),
                timeout: option(TCP_USER_TIMEOUT))
        }
    }

    /// The connection's socket is the one that has its port.
    private func options(_ configuration: PostgresConfiguration) async throws -> Options {
        let connection = try await PostgresConnection.connect(configuration)
        defer { connection.close() }
        let port: Int? = try await connection.query("SELECT inet_client_port() AS port").first?.decode("port")
        let descriptor = (0..<Int32(4_096)).first { descriptor in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isSocket = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
            }
            return isSocket && address.sin_family == AF_INET && Int(UInt16(bigEndian: address.sin_port)) == port
        }
        return Options(of: try #require(descriptor))
    }

    @Test func `a connection is probed, and given up after a minute`() async throws {
        let options = try await options(TestServer.configuration())
        #expect(options == Options(idle: 30, interval: 10, count: 3, timeout: 60_000))
    }

    @Test func `the connection string and the keywords have their own way`() async throws {
        var configuration = try TestServer.configuration()
        configuration.uri += (configuration.uri.contains("?") ? "&" : "?") + "tcp_user_timeout=7000&keepalives_idle=5"
        configuration.keywords["keepalives_count"] = "9"
        let options = try await options(configuration)
        #expect(options == Options(idle: 5, interval: 10, count: 9, timeout: 7_000))
    }
}
