import FoundationEssentials
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct CopyInTests {
    private struct Refusal: Error {}

    private func withTable(
        _ columns: String = "n integer, text text",
        _ work: (PostgresConnection, PostgresConnection) async throws -> Void
    ) async throws {
        try await withScratchDatabase { (configuration) async throws in
            let connection = try await PostgresConnection.connect(configuration)
            let other = try await PostgresConnection.connect(configuration)
            defer { [connection, other].forEach { $0.close() } }
            try await connection.query("CREATE TABLE t (\(columns))")
            try await work(connection, other)
        }
    }

    private func chunks(_ texts: [String]) -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            texts.forEach { continuation.yield(Array($0.utf8)) }
            continuation.finish()
        }
    }

    private func count(_ connection: PostgresConnection) async throws -> Int {
        try await connection.query("SELECT count(*) AS count FROM t").first?.decode("count") ?? -1
    }

    @Test func `rows in chunks that end anywhere are copied`() async throws {
        try await withTable { (connection, _) async throws in
            let copied = try await connection.copyIn("COPY t FROM STDIN", chunks(["1\ta", "b\n2", "", "\t\\N\n"]))
            #expect(copied == 2)
            let rows = try await connection.query("SELECT n, text FROM t ORDER BY n").rows
            #expect(try rows.map { try $0.decodeOptional("text", as: String.self) } == ["ab", nil])
        }
    }

    @Test func `no chunk copies no row`() async throws {
        try await withTable { (connection, _) async throws in
            #expect(try await connection.copyIn("COPY t FROM STDIN", chunks([])) == 0)
            #expect(try await connection.copyIn("COPY t FROM STDIN WITH (FORMAT csv)", chunks(["1,x\n"])) == 1)
        }
    }

    @Test func `far more than the socket takes at once is copied, in the order in which it came`() async throws {
        try await withTable("n bigint, text text") { connection, _ in
            let padding = String(repeating: "x", count: 200)
            // A chunk of a few MB and many small ones.
            let starts = [0..<20_000] + stride(from: 20_000, to: 200_000, by: 500).map { $0..<$0 + 500 }
            let (source, continuation) = AsyncStream.makeStream(of: [UInt8].self)
            for range in starts { continuation.yield(Array(range.map { "\($0)\t\(padding)\n" }.joined().utf8)) }
            continuation.finish()
            let copied = try await connection.copyIn("COPY t FROM STDIN", source)
            #expect(copied == 200_000)
            let row = try await connection.query("SELECT sum(n)::bigint AS sum FROM t WHERE text = $1", .init(padding))
                .first
            #expect(try row?.decode("sum", as: Int.self) == 19_999_900_000)
        }
    }

    @Test func `the binary format is taken as it is`() async throws {
        try await withTable { (connection, _) async throws in
            try await connection.query("INSERT INTO t SELECT n, 'row ' || n FROM generate_series(1, 1000) AS n")
            let bytes = try await connection.copyOut("COPY t TO STDOUT WITH (FORMAT binary)") { output in
                try await output.reduce(into: [UInt8]()) { $0 += $1 }
            }
            try await connection.query("CREATE TABLE u (LIKE t)")
            let source = AsyncStream<[UInt8]> { continuation in
                continuation.yield(bytes)
                continuation.finish()
            }
            #expect(try await connection.copyIn("COPY u FROM STDIN WITH (FORMAT binary)", source) == 1_000)
            #expect(try await connection.query("TABLE t EXCEPT TABLE u").rowCount == 0)
        }
    }

    @Test func `a row that the server refuses copies nothing, and the connection goes on`() async throws {
        try await withTable { (connection, _) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.copyIn("COPY t FROM STDIN", chunks(["1\ta\n", "no number\tb\n", "3\tc\n"]))
            }
            #expect(error?.sqlState == "22P02")
            #expect(try await count(connection) == 0)
            #expect(try await connection.copyIn("COPY t FROM STDIN", chunks(["1\ta\n"])) == 1)
        }
    }

    @Test func `a refusal before the first row copies nothing, and the connection goes on`() async throws {
        try await withTable { (connection, _) async throws in
            try await connection.execute(
                script: """
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
                    CREATE TRIGGER refuse BEFORE INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION refuse();
                    """)
            for _ in 0..<3 {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.copyIn("COPY t FROM STDIN", chunks(["1\ta\n", "2\ta\n"]))
                }
                #expect(error?.sqlState == "P0001")
                #expect(try await connection.query("SELECT 7 AS n").first?.decode("n", as: Int.self) == 7)
            }
        }
    }

    @Test func `a source that throws copies nothing, and its error is the one that is thrown`() async throws {
        try await withTable { (connection, _) async throws in
            let source = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield(Array("1\ta\n".utf8))
                continuation.finish(throwing: Refusal())
            }
            await #expect(throws: Refusal.self) { try await connection.copyIn("COPY t FROM STDIN", source) }
            #expect(try await count(connection) == 0)
        }
    }

    @Test func `a task that is cancelled while its source is silent copies nothing`() async throws {
        try await withTable { (connection, other) async throws in
            let (source, continuation) = AsyncStream.makeStream(of: [UInt8].self)
            let copy = Task { try await connection.copyIn("COPY t FROM STDIN", source) }
            continuation.yield(Array("1\ta\n".utf8))
            try await ServerActivity(other).waitUntilRunning("COPY t FROM STDIN")
            copy.cancel()
            await #expect(throws: (any Error).self) { try await copy.value }
            #expect(try await count(connection) == 0)
            #expect(try await connection.copyIn("COPY t FROM STDIN", chunks(["1\ta\n"])) == 1)
        }
    }

    @Test func `a task that is cancelled while the server works copies nothing`() async throws {
        try await withTable { (connection, other) async throws in
            try await connection.execute(
                script: """
                    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
                    AS $$ BEGIN PERFORM pg_advisory_lock(11); RETURN NEW; END $$;
                    CREATE TRIGGER wait BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION wait();
                    """)
            try await other.query("SELECT pg_advisory_lock(11)")
            let copy = Task { try await connection.copyIn("COPY t FROM STDIN", chunks(["1\ta\n", "2\tb\n"])) }
            try await eventually("the copy waits for the lock") {
                try await other.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").rowCount > 0
            }
            copy.cancel()
            await #expect(throws: (any Error).self) { try await copy.value }
            try await other.query("SELECT pg_advisory_unlock(11)")
            #expect(try await count(connection) == 0)
        }
    }

    @Test func `the source is asked for nothing before the server wants data`() async throws {
        try await withTable("text text") { (connection, other) async throws in
            try await other.query("BEGIN")
            try await other.query("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
            let source = CountingSource()
            let copy = Task { try await connection.copyIn("COPY t FROM STDIN", source) }
            try await eventually("the copy waits for the lock") {
                try await other.query("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'relation'").rowCount > 0
            }
            copy.cancel()
            await #expect(throws: (any Error).self) { try await copy.value }
            #expect(source.count == 0)
        }
    }

    @Test func `while the server is busy the source is not asked for more`() async throws {
        try await withTable("text text") { (connection, other) async throws in
            try await connection.execute(
                script: """
                    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
                    AS $$ BEGIN PERFORM pg_advisory_lock(12); RETURN NEW; END $$;
                    CREATE TRIGGER wait BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION wait();
                    """)
            try await other.query("SELECT pg_advisory_lock(12)")
            let source = CountingSource()
            let copy = Task { try await connection.copyIn("COPY t FROM STDIN", source) }
            var last = -1
            try await eventually("the source is left alone") {
                let isBlocked =
                    try await other.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").rowCount
                    > 0
                defer { last = source.count }
                return isBlocked && last == source.count
            }
            copy.cancel()
            await #expect(throws: (any Error).self) { try await copy.value }
            #expect(source.count < Self.mostChunks)
            #expect(try await count(other) == 0)
        }
    }

    /// 256 MiB in chunks of 64 KiB, far more than socket buffers hold.
    private static let mostChunks = 4_096

    /// Counts how many chunks were asked for.
    private final class CountingSource: AsyncSequence, AsyncIteratorProtocol, Sendable {
        private let asked = Mutex(0)

        var count: Int { asked.withLock { $0 } }

        func makeAsyncIterator() -> CountingSource { self }

        func next() async throws -> [UInt8]? {
            let number = asked.withLock { asked in
                asked += 1
                return asked
            }
            return number > mostChunks ? nil : Array(repeating: UInt8(ascii: "x"), count: 65_535) + [10]
        }
    }

    @Test func `a session that is ended in mid-copy has copied nothing`() async throws {
        try await withTable { (connection, other) async throws in
            let (source, continuation) = AsyncStream.makeStream(of: [UInt8].self)
            let copy = Task { try await connection.copyIn("COPY t FROM STDIN", source) }
            continuation.yield(Array("1\ta\n".utf8))
            try await ServerActivity(other).waitUntilRunning("COPY t FROM STDIN")
            try await other.query("SELECT pg_terminate_backend($1)", .init(connection.backendProcessID))
            try await eventually("the end is noticed") { !connection.isUsable }
            continuation.yield(Array("2\tb\n".utf8))
            let error = await #expect(throws: PostgresError.self) { try await copy.value }
            #expect(error?.isConnectionLost == true)
            #expect(try await count(other) == 0)
        }
    }

    @Test func `in a transaction a copy is part of it`() async throws {
        try await withTable { (connection, other) async throws in
            await #expect(throws: Refusal.self) {
                try await connection.withTransaction { (connection) async throws in
                    try await connection.copyIn("COPY t FROM STDIN", chunks(["1\ta\n"]))
                    #expect(try await count(connection) == 1)
                    throw Refusal()
                }
            }
            #expect(try await count(other) == 0)
        }
    }

    @Test(arguments: ["SELECT 1", "COPY (SELECT 1) TO STDOUT", "COPY nowhere FROM STDIN", "COPY t FROM STDIN\0"])
    func `another statement is refused`(sql: String) async throws {
        try await withTable { (connection, _) async throws in
            await #expect(throws: PostgresError.self) { try await connection.copyIn(sql, chunks(["1\ta\n"])) }
        }
    }

    @Test func `two copies in one text are refused, and neither is kept`() async throws {
        try await withTable { (connection, other) async throws in
            let sql = "COPY t FROM STDIN; COPY t FROM STDIN"
            let error = await #expect(throws: PostgresError.self) {
                try await connection.copyIn(sql, chunks(["1\ta\n"]))
            }
            #expect(String(describing: error).contains("one COPY at a time"))
            #expect(try await count(other) == 0)
        }
    }
}
