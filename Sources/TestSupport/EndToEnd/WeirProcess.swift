import ControlPlane
import Cryptography
package import Foundation
import HTTPClient
import Persistence
package import Postgres

/// The built program `weir`, as a process of a test's or a benchmark's own, on a free port.
package final class WeirProcess: Sendable {
    /// Scheme, host and port.
    package let base: String
    package let processID: Int32
    private let process: Process

    private init(_ process: Process, base: String) {
        self.process = process
        self.base = base
        processID = process.processIdentifier
    }

    /// The program that the build made.
    package static let binary: URL = {
        if let path = ProcessInfo.processInfo.environment["WEIR_BINARY"] { return URL(filePath: path) }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/debug/weir")
    }()

    /// Starts `weir serve` on a test's database, and waits as the other `serve` does.
    package static func serve(
        _ database: MigratedDatabase, port: UInt16 = 0, options: [String] = [], environment: [String: String] = [:],
        untilReady: Bool = true, within limit: Duration = .seconds(60)
    ) async throws -> WeirProcess {
        try await serve(
            databaseURI: database.serviceURI, keyFile: database.keyFile, port: port, options: options,
            environment: environment, untilReady: untilReady, within: limit)
    }

    /// Starts `weir serve` and waits until it is ready. Its log lies beside the key file.
    ///
    /// - Parameters:
    ///   - databaseURI: As the restricted role that the service connects as.
    ///   - environment: Variables besides those of this process.
    ///   - untilReady: False returns as soon as it answers.
    ///   - interval: How long to wait between looks.
    ///   - limit: How long to wait.
    /// - Throws: `WeirProcessFailure` with the end of its log.
    package static func serve(
        databaseURI: String, keyFile: String, port: UInt16 = 0, options: [String] = [],
        environment: [String: String] = [:], untilReady: Bool = true,
        lookingEvery interval: Duration = .milliseconds(50), within limit: Duration = .seconds(60)
    ) async throws -> WeirProcess {
        let process = Process()
        process.executableURL = binary
        process.arguments =
            ["serve", "--database-url", databaseURI, "--listen", "127.0.0.1:\(port)", "--key-file", keyFile] + options
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let log = URL(filePath: keyFile).deletingLastPathComponent().appending(path: "serve-\(UUID()).log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        let text = { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
        var base: String?
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if base == nil, let match = text().firstMatch(of: /answers at (http:\S+)/) { base = String(match.1) }
            if let base, !untilReady { return WeirProcess(process, base: base) }
            if let base, try await isReady(base) { return WeirProcess(process, base: base) }
            guard process.isRunning else { break }
            try await Task.sleep(for: interval)
        }
        process.terminate()
        throw WeirProcessFailure(log: String(text().suffix(2_000)))
    }

    private static func isReady(_ base: String) async throws -> Bool {
        let client = try Client()
        let answer = try? await client.send(Client.Request(.get, base + "/readyz"))
        return answer?.status == 200
    }

    /// Ends the process as a crash would: it can do nothing about it.
    package func kill() async {
        Glibc.kill(processID, SIGKILL)
        await ended()
    }

    /// Asks the process to end in good order, and returns its exit status.
    @discardableResult
    package func stop() async -> Int32 {
        Glibc.kill(processID, SIGTERM)
        await ended()
        return process.terminationStatus
    }

    /// Waits until the process ends by itself, and returns its exit status.
    package func exitStatus() async -> Int32 {
        await ended()
        return process.terminationStatus
    }

    private func ended() async {
        while process.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
    }

    deinit {
        if process.isRunning { Glibc.kill(processID, SIGKILL) }
    }
}

/// `weir serve` did not become ready.
package struct WeirProcessFailure: Error, CustomStringConvertible {
    package let log: String
    package var description: String { "weir serve did not become ready; its log ends with: \(log)" }
}

/// A scratch database with Weir's schema, and what `weir serve` needs to use it.
package struct MigratedDatabase: Sendable {
    /// As the restricted role that the service connects as.
    package let serviceURI: String
    /// As the schema's owner.
    package let ownerURI: String
    /// As the administrator.
    package let administrator: PostgresConfiguration
    /// Holds the key file and logs; removed afterwards.
    package let folder: URL
    package var keyFile: String { folder.appending(path: "key").path }

    private static let role = "weir_end_to_end"
    private static let password = "only-for-tests"

    /// Makes a database, migrates it, runs `work`, and drops it.
    package static func run(_ work: @Sendable (MigratedDatabase) async throws -> Void) async throws {
        try await withScratchDatabase { administrator in try await run(on: administrator, work) }
    }

    /// Migrates an empty database, runs `work`, and leaves the database as it is.
    package static func run(
        on administrator: PostgresConfiguration, _ work: @Sendable (MigratedDatabase) async throws -> Void
    ) async throws {
        let connection = try await PostgresConnection.connect(administrator)
        try await connection.makeRole(role, password: password)
        _ = try await Migrator(administrator, serviceRole: role).migrate()
        let row = try await connection.query("SELECT current_database()::text AS name, inet_server_port() AS port")
            .first
        connection.close()
        let name: String = try row?.decode("name") ?? ""
        let port: Int = try row?.decode("port") ?? 0
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = MigratedDatabase(
            serviceURI: "postgres://\(role):\(password)@127.0.0.1:\(port)/\(name)",
            ownerURI: administrator.uri + (administrator.uri.contains("?") ? "&" : "?") + "dbname=\(name)",
            administrator: administrator, folder: folder)
        let key = Data(try RandomBytes.make(SealingKey.byteCount)).base64EncodedData()
        _ = FileManager.default.createFile(
            atPath: database.keyFile, contents: key, attributes: [.posixPermissions: 0o600])
        try await work(database)
    }
}
