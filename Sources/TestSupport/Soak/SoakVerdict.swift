import Foundation
import Postgres

/// Looks at what a soak has left: read models that equal a rebuild, and a log whose tree verifies.
struct SoakVerdict: Sendable {
    private let database: MigratedDatabase
    private let administrator: PostgresConfiguration
    private let say: @Sendable (String) -> Void

    init(
        _ database: MigratedDatabase, _ administrator: PostgresConfiguration,
        _ say: @escaping @Sendable (String) -> Void
    ) {
        self.database = database
        self.administrator = administrator
        self.say = say
    }

    func check(_ crew: SoakCrew) async throws {
        try await crew.replaceServer(waits: true)
        let lived = try await contents()
        try await weir("projection", "rebuild", "--database-url", database.serviceURI)
        let rebuilt = try await contents()
        guard Set(lived.keys) == Set(rebuilt.keys), !lived.isEmpty else {
            throw Anomaly("before the rebuild there were \(lived.keys), then \(rebuilt.keys)")
        }
        for (table, digest) in lived where rebuilt[table] != digest {
            throw Anomaly("\(table) is not what a rebuild makes of the log")
        }
        say("\(lived.count) tables of read models equal their rebuild")
        try await verifyTree(crew)
        try await crew.endServer()
    }

    /// As an auditor would: a bundle by the API, then offline, with the public key and the witnessed checkpoints.
    private func verifyTree(_ crew: SoakCrew) async throws {
        guard let server = crew.serverBase else { throw Anomaly("there is no server to export from") }
        let bundle = database.folder.appending(path: "bundle.jsonl").path
        try await weir("audit", "export", bundle, "--server", server)
        say(try await weir("audit", "verify", bundle, "--public-key", crew.publicKey, "--witness", crew.witness))
    }

    /// A digest of every row of every table that readers see.
    private func contents() async throws -> [String: String] {
        let connection = try await PostgresConnection.connect(administrator)
        defer { connection.close() }
        let views = try await connection.query(
            "SELECT viewname::text AS name FROM pg_views WHERE schemaname = 'projections'")
        var digests: [String: String] = [:]
        for view in views.rows {
            let name: String = try view.decode("name")
            let row = try await connection.query(
                """
                SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(md5(v::text), '' ORDER BY v::text)), '')
                    AS digest
                FROM projections.\(name.quotedIdentifier) AS v
                """
            ).first
            digests[name] = try row?.decode("digest")
        }
        return digests
    }

    @discardableResult
    private func weir(_ words: String...) async throws -> String {
        try await RunningCommand([WeirProcess.binary.path] + words).output()
    }
}
