import Domain
import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// What the service's role may do to the log, and what nobody may.
@Suite struct RightsTests {
    private static let logTables = ["event_log", "event_log_0", "log_blocks", "log_checkpoints"]
    private static let changes = [
        "UPDATE %@ SET %C = %C", "DELETE FROM %@", "TRUNCATE %@", "DROP TABLE %@", "ALTER TABLE %@ DISABLE TRIGGER ALL",
    ]

    private static func statements(_ changes: [String], _ table: String) -> [String] {
        let column = ["event_log": "type", "event_log_0": "type", "log_blocks": "hash", "log_checkpoints": "note"]
        return changes.map {
            $0.replacingOccurrences(of: "%@", with: table).replacingOccurrences(of: "%C", with: column[table] ?? "")
        }
    }

    private static func sqlState(_ work: () async throws -> Void) async throws -> String? {
        do {
            try await work()
            return nil
        } catch PostgresError.server(let error) {
            return error.sqlState
        }
    }

    @Test func `the service's role reads the log and changes nothing of it`() async throws {
        try await ProjectedLog.run { log async throws in
            _ = try await SampleJob("a", on: log)
            let head = try await log.events.head()
            for table in Self.logTables {
                // Checkpoints are added by the service itself, which signs them.
                let additions = table == "log_checkpoints" ? [] : ["INSERT INTO %@ DEFAULT VALUES"]
                for sql in Self.statements(Self.changes + additions, table) {
                    #expect(try await Self.sqlState { _ = try await log.pool.query(sql) } == "42501", "\(sql)")
                }
            }
            for table in ["log_store", "stream_heads", "claims", "command_receipts", "leases"] {
                for sql in ["DELETE FROM \(table)", "TRUNCATE \(table)", "INSERT INTO \(table) DEFAULT VALUES"] {
                    #expect(try await Self.sqlState { _ = try await log.pool.query(sql) } == "42501", "\(sql)")
                }
            }
            #expect(try await log.events.head() == head)
        }
    }

    @Test func `triggers refuse every change of the log also to its owner`() async throws {
        try await ProjectedLog.run { log async throws in
            _ = try await SampleJob("a", on: log)
            let head = try await log.events.head()
            let owner = try await PostgresConnection.connect(log.administrator)
            defer { owner.close() }
            for table in Self.logTables {
                for sql in Self.statements(Array(Self.changes.prefix(3)), table) {
                    #expect(try await Self.sqlState { _ = try await owner.query(sql) } == "55000", "\(sql)")
                }
            }
            #expect(try await log.events.head() == head)
        }
    }

    @Test func `the service's role makes its read models, and nothing beside them`() async throws {
        try await ProjectedLog.run { log async throws in
            try await log.pool.query("CREATE TABLE projections.mine (n integer)")
            #expect(
                try await Self.sqlState { _ = try await log.pool.query("CREATE TABLE public.mine (n integer)") }
                    == "42501")
            let migrated = try await Self.sqlState { _ = try await log.pool.query("SELECT * FROM schema_migrations") }
            #expect(migrated == "42501")
        }
    }
}
