import FoundationEssentials
import Postgres
import Synchronization
import TestSupport
import Testing

/// Many statements under way on one connection.
@Suite struct PipelineTests {
    @Test func `each of a thousand tasks on one connection gets its own answer`() async throws {
        try await withScratchConnection { (connection) async throws in
            let sum = try await withThrowingTaskGroup { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let sql = "SELECT $1::bigint AS n, '\(number % 7)' AS rest"
                        let row = try #require(try await connection.query(sql, .init(number)).first)
                        #expect(try row.decode("rest", as: String.self) == "\(number % 7)")
                        return try row.decode("n", as: Int.self) == number ? 1 : 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 1_000)
        }
    }

    @Test func `statements are carried out and answered in the order in which they were sent`() async throws {
        try await withScratchConnection { (connection) async throws in
            try await connection.query("CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY, n bigint)")
            let answers = Mutex<[Int]>([])
            await withCheckedContinuation { continuation in
                for number in 0..<500 {
                    connection.send("INSERT INTO t (n) VALUES ($1) RETURNING n", .init(number)) { answer in
                        let row = try? answer.get().first
                        answers.withLock { $0.append((try? row?.decode("n")) ?? -1) }
                        if number == 499 { continuation.resume() }
                    }
                }
            }
            #expect(answers.withLock { $0 } == Array(0..<500))
            #expect(try await connection.query("SELECT 1 FROM t WHERE n <> id - 1").rowCount == 0)
        }
    }

    @Test func `one failing statement does not hurt its neighbours in the pipeline`() async throws {
        try await withScratchConnection { (connection) async throws in
            try await connection.query("CREATE TABLE t (n bigint UNIQUE)")
            let states = try await withThrowingTaskGroup { group in
                for number in 0..<300 {
                    group.addTask { () -> String in
                        do {
                            // Every third violates the constraint, every fifth cannot even be prepared.
                            let value = number % 3 == 0 ? -1 : number
                            let table = number % 5 == 0 ? "nowhere" : "t"
                            try await connection.query("INSERT INTO \(table) VALUES ($1)", .init(value))
                            return "fine"
                        } catch let error as PostgresError { return error.sqlState ?? "\(error)" }
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(states == ["fine": 161, "23505": 79, "42P01": 60])
            #expect(try await connection.query("SELECT 1 FROM t").rowCount == 161)
        }
    }

    @Test func `what is sent at once with a failing PREPARE gets the same error, not one about a missing name`()
        async throws
    {
        try await withScratchConnection { (connection) async throws in
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask {
                        let error = await #expect(throws: PostgresError.self) {
                            try await connection.query("SELECT n FROM nowhere")
                        }
                        #expect(error?.sqlState == "42P01")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `batches that fill the socket in both directions pass`() async throws {
        try await withScratchConnection { (connection) async throws in
            let text = String(repeating: "x", count: 4 << 20)
            try await withThrowingTaskGroup { group in
                for number in 0..<12 {
                    group.addTask {
                        let row = try await connection.query("SELECT $1::text || $2 AS text", .init(text, "\(number)"))
                            .first
                        #expect(try row?.decode("text", as: String.self) == text + "\(number)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `scripts among the statements wait for their turn`() async throws {
        try await withScratchConnection { (connection) async throws in
            try await connection.query("CREATE TABLE t (n bigint)")
            try await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask {
                        if number.isMultiple(of: 10) {
                            try await connection.execute(script: "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)")
                        } else {
                            try await connection.query("INSERT INTO t VALUES ($1)", .init(number))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await connection.query("SELECT 1 FROM t").rowCount == 110)
        }
    }
}
