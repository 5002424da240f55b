import Domain
import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// A database is brought to the program's version, once, and never to a wrong one.
@Suite struct MigratorTests {
    private static let role = ProjectedLog.serviceRole

    private static func withDatabase(
        _ work: (PostgresConfiguration, PostgresConnection) async throws -> Void
    ) async throws {
        try await withScratchDatabase { configuration in
            let connection = try await PostgresConnection.connect(configuration)
            defer { connection.close() }
            try await connection.makeRole(role, password: "only-for-tests")
            try await work(configuration, connection)
        }
    }

    private static func migration(_ number: Int, _ sql: String) -> Migrator.Migration {
        Migrator.Migration(number: number, name: "000\(number)_test.sql", sql: sql)
    }

    @Test func `what is missing is applied in the order of the numbers, and a second time there is nothing to do`()
        async throws
    {
        try await Self.withDatabase { configuration, _ async throws in
            let migrator = Migrator(configuration, serviceRole: Self.role)
            #expect(try await migrator.migrate() == Migrator.embedded.map(\.name))
            #expect(try await migrator.migrate() == [])
            #expect(Migrator.embedded.map(\.number) == Array(1...Migrator.latest))
        }
    }

    @Test func `two that migrate at once take turns`() async throws {
        try await Self.withDatabase { configuration, _ async throws in
            let migrator = Migrator(configuration, serviceRole: Self.role)
            async let one = migrator.migrate()
            async let other = migrator.migrate()
            let both = try await [one, other]
            #expect(both.contains([]))
            #expect(both.contains(Migrator.embedded.map(\.name)))
        }
    }

    @Test func `a migration that was edited after it was applied is refused by name`() async throws {
        try await Self.withDatabase { configuration, _ async throws in
            let first = Self.migration(1, "CREATE TABLE a ();")
            _ = try await Migrator(configuration, serviceRole: Self.role, migrations: [first]).migrate()
            let edited = Migrator(
                configuration, serviceRole: Self.role,
                migrations: [Self.migration(1, "CREATE TABLE b ();"), Self.migration(2, "CREATE TABLE c ();")])
            let error = try await #require(throws: MigrationError.self) { _ = try await edited.migrate() }
            #expect("\(error)".hasPrefix("0001_test.sql was applied to this database in another form"))
        }
    }

    @Test func `a database of a newer program is refused`() async throws {
        try await Self.withDatabase { configuration, _ async throws in
            let first = Self.migration(1, "CREATE TABLE a ();")
            let second = Self.migration(2, "CREATE TABLE b ();")
            _ = try await Migrator(configuration, serviceRole: Self.role, migrations: [first, second]).migrate()
            let older = Migrator(configuration, serviceRole: Self.role, migrations: [first])
            let error = try await #require(throws: MigrationError.self) { _ = try await older.migrate() }
            #expect("\(error)".contains("migration 2, which this program does not know"))
        }
    }

    @Test func `a missing role is named, with the statement that makes it, and nothing is applied`() async throws {
        try await Self.withDatabase { configuration, connection async throws in
            let migrator = Migrator(configuration, serviceRole: "weir_nobody")
            let error = try await #require(throws: MigrationError.self) { _ = try await migrator.migrate() }
            #expect("\(error)".contains(#"CREATE ROLE "weir_nobody" LOGIN"#))
            let row = try await connection.query("SELECT to_regclass('event_log')::text AS found").first
            #expect(try row?.decodeOptional("found", as: String.self) == nil)
        }
    }

    @Test func `a migration that fails has had no effect, and the ones before it have`() async throws {
        try await Self.withDatabase { configuration, connection async throws in
            let migrator = Migrator(
                configuration, serviceRole: Self.role,
                migrations: [
                    Self.migration(1, "CREATE TABLE a ();"), Self.migration(2, "CREATE TABLE b (); SELECT 1 / 0;"),
                ])
            await #expect(throws: PostgresError.self) { _ = try await migrator.migrate() }
            let row = try await connection.query("SELECT to_regclass('a')::text AS a, to_regclass('b')::text AS b")
                .first
            #expect(try row?.decodeOptional("a", as: String.self) == "a")
            #expect(try row?.decodeOptional("b", as: String.self) == nil)
        }
    }

    @Test(arguments: [#"odd "name""#, "Groß schreibung"])
    func `the service's role may have any name`(role: String) async throws {
        try await Self.withDatabase { configuration, connection async throws in
            try await connection.makeRole(role, password: "only-for-tests")
            _ = try await Migrator(configuration, serviceRole: role).migrate()
        }
    }
}
