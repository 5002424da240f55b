import Postgres
import TestSupport
import Testing

@Suite struct ErrorTests {
    private func failure(
        _ connection: PostgresConnection, _ sql: String, _ parameters: PostgresParameters = .init()
    ) async throws -> ServerError {
        let error = await #expect(throws: PostgresError.self) { try await connection.query(sql, parameters) }
        guard case .server(let report) = try #require(error) else {
            throw try #require(error)
        }
        return report
    }

    @Test func `an error names its SQLSTATE and where in the statement it was found`() async throws {
        try await withScratchConnection { (connection) async throws in
            let error = try await failure(connection, "SELECT nowhere FROM pg_class")
            #expect(error.sqlState == "42703")
            #expect(error.severity == "ERROR")
            #expect(error.position == 8)
            #expect(error.message == "column \"nowhere\" does not exist")
        }
    }

    @Test func `a violated constraint is named, with its table, column and detail`() async throws {
        try await withScratchConnection { (connection) async throws in
            try await connection.query(
                "CREATE TABLE t (n integer NOT NULL CONSTRAINT positive CHECK (n > 0) CONSTRAINT once UNIQUE)")
            try await connection.query("INSERT INTO t VALUES (1)")
            let twice = try await failure(connection, "INSERT INTO t VALUES (1)")
            #expect(twice.sqlState == "23505")
            #expect(twice.constraint == "once")
            #expect(twice.table == "t")
            #expect(twice.detail == "Key (n)=(1) already exists.")
            #expect(try await failure(connection, "INSERT INTO t VALUES (0)").constraint == "positive")
            let null = try await failure(connection, "INSERT INTO t VALUES (NULL)")
            #expect(null.sqlState == "23502")
            #expect(null.column == "n")
        }
    }

    @Test func `an error's text holds message, detail, hint and SQLSTATE`() async throws {
        try await withScratchConnection { (connection) async throws in
            let error = try await failure(
                connection,
                "SELECT set_config('x.y', 'v', false), 1 / 0 FROM pg_sleep(0) WHERE pg_typeof(1) = 'integer'::regtype")
            #expect("\(PostgresError.server(error))" == "division by zero (SQLSTATE 22012)")
            await #expect(throws: PostgresError.self) {
                try await connection.execute(
                    script: "DO $$ BEGIN RAISE 'no' USING DETAIL = 'why', HINT = 'do', ERRCODE = 'P1234'; END $$")
            }
            do {
                try await connection.execute(
                    script: "DO $$ BEGIN RAISE 'no' USING DETAIL = 'why', HINT = 'do', ERRCODE = 'P1234'; END $$")
            } catch {
                #expect("\(error)" == "no; why; do (SQLSTATE P1234)")
            }
        }
    }

    @Test func `a failure of the commit, after the statement's own answer, is the statement's failure`() async throws {
        try await withScratchConnection { (connection) async throws in
            try await connection.query("CREATE TABLE parent (n integer PRIMARY KEY)")
            try await connection.query(
                "CREATE TABLE child (n integer REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
            let error = try await failure(connection, "INSERT INTO child VALUES (1)")
            #expect(error.sqlState == "23503")
            #expect(try await connection.query("SELECT 1 FROM child").rowCount == 0)
        }
    }

    @Test func `statement_timeout ends a statement with SQLSTATE 57014`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            var configuration = configuration
            configuration.settings["statement_timeout"] = "50ms"
            let connection = try await PostgresConnection.connect(configuration)
            defer { connection.close() }
            #expect(try await failure(connection, "SELECT pg_sleep(600)").sqlState == "57014")
            #expect(try await connection.query("SELECT 1").rowCount == 1)
        }
    }

    @Test func `lock_timeout ends a statement with SQLSTATE 55P03`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            let holder = try await PostgresConnection.connect(configuration)
            defer { holder.close() }
            try await holder.query("CREATE TABLE t (n integer)")
            try await holder.withTransaction { (holder) async throws in
                try await holder.query("LOCK TABLE t")
                let other = try await PostgresConnection.connect(configuration)
                defer { other.close() }
                try await other.query("SET lock_timeout = '50ms'")
                #expect(try await failure(other, "SELECT n FROM t").sqlState == "55P03")
            }
        }
    }

    @Test func `a script is one transaction: all of it, or nothing`() async throws {
        try await withScratchConnection { (connection) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.execute(script: "CREATE TABLE t (n integer); SELECT 1 / 0; CREATE TABLE u ()")
            }
            #expect(error?.sqlState == "22012")
            #expect(try await failure(connection, "SELECT n FROM t").sqlState == "42P01")
            try await connection.execute(script: "CREATE TABLE t (n integer); INSERT INTO t VALUES (1), (2)")
            #expect(try await connection.query("SELECT n FROM t").rowCount == 2)
        }
    }

    @Test(arguments: ["COPY t FROM STDIN", "COPY t TO STDOUT"])
    func `COPY as a query or in a script is refused and costs the connection, not the process`(
        sql: String
    ) async throws {
        try await withScratchDatabase { (configuration) async throws in
            for isScript in [false, true] {
                let connection = try await PostgresConnection.connect(configuration)
                try await connection.query("CREATE TABLE IF NOT EXISTS t (n integer)")
                try await connection.query("INSERT INTO t VALUES (1)")
                let error = await #expect(throws: PostgresError.self) {
                    if isScript {
                        try await connection.execute(script: sql)
                    } else {
                        try await connection.query(sql)
                    }
                }
                #expect(String(describing: error).contains("copyIn and copyOut"))
                #expect(!connection.isUsable)
            }
        }
    }
}
