import Foundation
package import Postgres
import Synchronization

/// A Postgres server of one test, which the test may kill. It listens on loopback, trusts everyone there, and lies in a
/// folder that is removed afterwards.
package final class DisposablePostgres: Sendable {
    private let binaries: URL
    private let folder: URL
    private let port: Int
    private let arguments: [String]
    private let server = Mutex<RunningCommand?>(nil)

    /// How the server is reached, as its administrator.
    package var configuration: PostgresConfiguration {
        PostgresConfiguration(uri: "postgres://weir_admin@127.0.0.1:\(port)/postgres", connectTimeout: .seconds(5))
    }

    /// The server's certificate, for clients that verify it; nil without TLS.
    package var certificate: String? { arguments.contains("ssl=on") ? folder.appending(path: "server.crt").path : nil }

    private init(binaries: URL, folder: URL, port: Int, arguments: [String]) {
        self.binaries = binaries
        self.folder = folder
        self.port = port
        self.arguments = arguments
    }

    /// Makes a server, starts it, runs `work`, and removes the server.
    ///
    /// - Parameter tls: Whether the server has a (self-signed) certificate, for `localhost`.
    package static func run<Value: Sendable>(
        tls: Bool = false, _ work: (DisposablePostgres) async throws -> Value
    ) async throws -> Value {
        let binaries = try newestBinaries()
        let folder = URL(filePath: "/tmp/weir-postgres-\(UUID().uuidString.lowercased())")
        // Below the ports that the system gives to clients; whoever has it already makes the start fail.
        let server = DisposablePostgres(
            binaries: binaries, folder: folder, port: Int.random(in: 20_000..<32_000),
            arguments: tls ? ["-c", "ssl=on"] : [])
        do {
            try await server.create()
            try await server.start()
            let value = try await work(server)
            try await server.remove()
            return value
        } catch {
            try? await server.remove()
            throw error
        }
    }

    private static func newestBinaries() throws -> URL {
        let root = URL(filePath: "/usr/lib/postgresql")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        guard let newest = versions.compactMap(Int.init).max() else {
            throw CommandFailure(command: "initdb", output: "Postgres is missing; apt-get install postgresql")
        }
        return root.appending(path: "\(newest)/bin")
    }

    private func create() async throws {
        try await command(
            "initdb", "-D", folder.path, "-U", "weir_admin", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust",
            "--no-sync"
        ).finish()
        guard certificate != nil else { return }
        try await command(
            "/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", folder.appending(path: "server.key").path,
            "-out", folder.appending(path: "server.crt").path
        ).finish()
    }

    /// Starts the server, also again after it was killed; returns when it answers.
    package func start() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let running = try command(
                "postgres", "-D", folder.path, "-p", "\(port)", "-c", "listen_addresses=127.0.0.1",
                "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "shared_buffers=16MB", arguments: arguments)
            do {
                try await waitUntilItAnswers(running)
                return server.withLock { $0 = running }
            } catch {
                // The processes of a killed server may hold its memory for an instant.
                running.kill()
                _ = try? await running.finish()
                if ContinuousClock.now >= deadline { throw error }
            }
        }
    }

    private func waitUntilItAnswers(_ running: RunningCommand) async throws {
        while true {
            do {
                let connection = try await PostgresConnection.connect(configuration)
                return connection.close()
            } catch {
                guard running.isRunning else { throw error }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Kills the server's first process, as a crash would; returns when it is gone.
    package func kill() async {
        let running = server.withLock { $0.take() }
        running?.kill()
        _ = try? await running?.finish()
    }

    private func remove() async throws {
        await kill()
        try await command("/bin/rm", "-rf", folder.path).finish()
    }

    /// Runs a program as somebody who is not root, since Postgres refuses to run as root.
    private func command(_ name: String, _ words: String..., arguments: [String] = []) throws -> RunningCommand {
        let program = name.hasPrefix("/") ? name : binaries.appending(path: name).path
        let asPostgres = ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        let isRoot = ProcessInfo.processInfo.userName == "root"
        return try RunningCommand((isRoot ? asPostgres : []) + [program] + words + arguments)
    }
}
