import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite struct CopyOutTests {
    private struct Refusal: Error {}

    /// Rows without end, as far as a test is concerned: some GB.
    private static let endless = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 10000000)) TO STDOUT"

    private func withTwo(_ work: (PostgresConnection, PostgresConnection) async throws -> Void) async throws {
        try await withScratchDatabase { (configuration) async throws in
            let connection = try await PostgresConnection.connect(configuration)
            let observer = try await PostgresConnection.connect(configuration)
            defer { [connection, observer].forEach { $0.close() } }
            try await work(connection, observer)
        }
    }

    private func text(_ connection: PostgresConnection, _ sql: String) async throws -> String {
        let bytes = try await connection.copyOut(sql) { output in
            try await output.reduce(into: [UInt8]()) { $0 += $1 }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `all rows come, in the format that the statement names`() async throws {
        try await withScratchConnection { (connection) async throws in
            let rows = "(VALUES (1, 'a,b'), (2, NULL)) AS t (n, text)"
            #expect(try await text(connection, "COPY (SELECT * FROM \(rows)) TO STDOUT") == "1\ta,b\n2\t\\N\n")
            let csv = try await text(connection, "COPY (SELECT * FROM \(rows)) TO STDOUT WITH (FORMAT csv, HEADER)")
            #expect(csv == "n,text\n1,\"a,b\"\n2,\n")
            #expect(try await text(connection, "COPY (SELECT 1 WHERE false) TO STDOUT").isEmpty)
        }
    }

    @Test func `far more than is kept for the reader comes completely and in order`() async throws {
        try await withScratchConnection { (connection) async throws in
            let sql = "COPY (SELECT n FROM generate_series(1, 500000) AS n) TO STDOUT"
            let expected = (1...500_000).map { "\($0)\n" }.joined()
            #expect(try await text(connection, sql) == expected)
            #expect(try await connection.query("SELECT 1").rowCount == 1)
        }
    }

    @Test func `a row longer than the bound comes whole`() async throws {
        try await withScratchConnection { (connection) async throws in
            #expect(try await text(connection, "COPY (SELECT repeat('x', 3000000)) TO STDOUT").utf8.count == 3_000_001)
        }
    }

    @Test func `while nobody reads, the server waits to send`() async throws {
        try await withTwo { (connection, observer) async throws in
            try await connection.copyOut(Self.endless) { output in
                var iterator = output.makeAsyncIterator()
                #expect(try await iterator.next() != nil)
                try await eventually("the server waits for its client") {
                    try await observer.query(
                        "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'ClientWrite'",
                        .init(connection.backendProcessID)
                    ).rowCount == 1
                }
                // What was kept meanwhile is bounded, and the server goes on when it is read on.
                let kept = try await iterator.next()
                #expect(try #require(kept).count < (128 << 10) + 1_001)
                for _ in 0..<50 { #expect(try await iterator.next() != nil) }
            }
        }
    }

    @Test func `chunks are bounded, besides the row that passes the bound`() async throws {
        try await withScratchConnection { (connection) async throws in
            let sizes = try await connection.copyOut(Self.endless) { output in
                var sizes: [Int] = []
                for try await chunk in output {
                    sizes.append(chunk.count)
                    if sizes.count == 200 { break }
                }
                return sizes
            }
            #expect(sizes.allSatisfy { $0 > 0 && $0 < (128 << 10) + 1_001 })
        }
    }

    @Test func `a reader that has seen enough ends the statement on the server`() async throws {
        try await withTwo { (connection, observer) async throws in
            let mark = "mark-\(UUID().uuidString)"
            let first = try await connection.copyOut(Self.endless + " /* \(mark) */") { output in
                for try await chunk in output { return chunk.prefix(3).map { $0 } }
                return []
            }
            #expect(first == Array("xxx".utf8))
            #expect(try await ServerActivity(observer).count(running: mark) == 0)
            #expect(try await connection.query("SELECT 1").rowCount == 1)
        }
    }

    @Test func `a reader that throws ends the statement on the server, and its error is the one that is thrown`()
        async throws
    {
        try await withTwo { (connection, observer) async throws in
            await #expect(throws: Refusal.self) {
                try await connection.copyOut(Self.endless) { output in
                    for try await _ in output { throw Refusal() }
                }
            }
            #expect(try await connection.query("SELECT 1").rowCount == 1)
        }
    }

    @Test func `a cancelled task ends the statement on the server, also when it reads nothing`() async throws {
        try await withTwo { (connection, observer) async throws in
            for reads in [true, false] {
                let mark = "mark-\(UUID().uuidString)"
                let (silence, continuation) = AsyncStream.makeStream(of: Void.self)
                let copy = Task {
                    try await connection.copyOut(Self.endless + " /* \(mark) */") { output in
                        if reads { for try await _ in output {} } else { for await _ in silence {} }
                        try Task.checkCancellation()
                    }
                }
                try await ServerActivity(observer).waitUntilRunning(mark)
                copy.cancel()
                let error = await #expect(throws: (any Error).self) { try await copy.value }
                #expect(error is CancellationError || (error as? PostgresError)?.sqlState == "57014")
                #expect(try await ServerActivity(observer).count(running: mark) == 0)
                #expect(try await connection.query("SELECT 1").rowCount == 1)
                continuation.finish()
            }
        }
    }

    @Test func `an error in the middle comes after what was sent before it`() async throws {
        try await withScratchConnection { (connection) async throws in
            var lines = 0
            let error = await #expect(throws: PostgresError.self) {
                lines = try await connection.copyOut(
                    "COPY (SELECT 1 / (100000 - n) FROM generate_series(1, 200000) AS n) TO STDOUT"
                ) { output in
                    var lines = 0
                    do {
                        for try await chunk in output { lines += chunk.count { $0 == 10 } }
                    } catch {
                        #expect(lines == 99_999)
                        throw error
                    }
                    return lines
                }
            }
            #expect(error?.sqlState == "22012")
            #expect(lines == 0)
            #expect(try await connection.query("SELECT 1").rowCount == 1)
        }
    }

    @Test func `a session that is ended in mid-copy is a lost connection`() async throws {
        try await withTwo { (connection, observer) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.copyOut(Self.endless) { output in
                    var iterator = output.makeAsyncIterator()
                    _ = try await iterator.next()
                    try await observer.query("SELECT pg_terminate_backend($1)", .init(connection.backendProcessID))
                    while try await iterator.next() != nil {}
                }
            }
            #expect(error?.isConnectionLost == true)
        }
    }

    @Test func `a connection that is closed while nobody reads ends the copy`() async throws {
        try await withTwo { (connection, _) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.copyOut(Self.endless) { output in
                    var iterator = output.makeAsyncIterator()
                    _ = try await iterator.next()
                    connection.close()
                    while try await iterator.next() != nil {}
                }
            }
            #expect(error?.isClosed == true)
        }
    }

    @Test func `statements sent meanwhile wait until the copy has ended`() async throws {
        try await withScratchConnection { (connection) async throws in
            let sql = "COPY (SELECT n FROM generate_series(1, 100000) AS n) TO STDOUT"
            try await withThrowingTaskGroup { group in
                for number in 0..<10 {
                    group.addTask {
                        let row = try await connection.query("SELECT $1::bigint AS n", .init(number)).first
                        #expect(try row?.decode("n", as: Int.self) == number)
                    }
                    group.addTask {
                        let lines = try await connection.copyOut(sql) { output in
                            try await output.reduce(0) { $0 + $1.count { $0 == 10 } }
                        }
                        #expect(lines == 100_000)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: ["SELECT 1", "COPY pg_class FROM STDIN", "COPY nowhere TO STDOUT", "no statement"])
    func `another statement is refused before anything is read`(sql: String) async throws {
        try await withScratchConnection { (connection) async throws in
            await #expect(throws: PostgresError.self) {
                try await connection.copyOut(sql) { _ in Issue.record("nothing to read") }
            }
        }
    }
}
