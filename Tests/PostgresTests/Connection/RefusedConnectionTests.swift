import FoundationEssentials
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct RefusedConnectionTests {
    @Test func `a server that accepts and says nothing is given up after the time-out`() async throws {
        let silent = try ListeningSocket()
        let configuration = PostgresConfiguration(
            uri: "postgres://weir:hush-hush@127.0.0.1:\(silent.port)/weir", connectTimeout: .milliseconds(50))
        let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(configuration) }
        #expect(error?.isNotConnected == true)
        #expect(String(describing: error).contains("no connection within"))
        #expect(!String(describing: error).contains("hush-hush"))
    }

    @Test func `a task that is cancelled while it connects stops at once`() async throws {
        let silent = try ListeningSocket()
        let configuration = PostgresConfiguration(
            uri: "postgres://weir@127.0.0.1:\(silent.port)/weir", connectTimeout: .seconds(600))
        let task = Task { try await PostgresConnection.connect(configuration) }
        await Task.yield()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a port where nobody listens is refused, by host and port`() async throws {
        let port = try ListeningSocket().port
        let configuration = PostgresConfiguration(uri: "postgres://weir:hush-hush@127.0.0.1:\(port)/weir")
        let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(configuration) }
        #expect(error?.isNotConnected == true)
        let text = String(describing: error)
        #expect(text.contains("127.0.0.1") && text.contains("\(port)") && text.contains("refused"))
        #expect(!text.contains("hush-hush"))
    }

    @Test(arguments: [
        "postgres://weir:hush-hush@[::1/weir", "postgres://weir:hush%ZZhush-hush@127.0.0.1/weir",
        "postgres://weir:hush-hush@127.0.0.1:many/weir", "postgres://weir@127.0.0.1/weir?hush-hush",
        "host=127.0.0.1 password=word hush-hush", "host=127.0.0.1 password='hush-hush", "host=127.0.0.1 hush-hush=1",
        "postgres://weir:hush-hush@127.0.0.1/weir\0",
    ])
    func `a connection string that cannot be read is refused, without what it holds`(uri: String) async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await PostgresConnection.connect(PostgresConfiguration(uri: uri))
        }
        #expect(error?.isNotConnected == true)
        #expect(!String(describing: error).contains("hush"), "\(String(describing: error))")
    }

    @Test
    func `an address that is not allowed is refused, whatever its name, and whether or not somebody listens there`()
        async throws
    {
        let silent = try ListeningSocket()
        let asked = Mutex<[[UInt8]]>([])
        for (host, port) in [("127.0.0.1", silent.port), ("localhost", silent.port), ("127.0.0.1", 1)] {
            let configuration = PostgresConfiguration(
                uri: "",
                keywords: ["host": host, "port": "\(port)", "user": "weir", "dbname": "weir", "sslmode": "disable"],
                allowsAddress: { address in
                    asked.withLock { $0.append(address) }
                    return false
                })
            let error = await #expect(throws: PostgresError.self) {
                try await PostgresConnection.connect(configuration)
            }
            #expect(error?.isNotConnected == true)
            #expect(String(describing: error).contains("must not be connected to"), "\(String(describing: error))")
        }
        #expect(asked.withLock { $0.contains([127, 0, 0, 1]) })
    }

    @Test func `an address that is allowed is connected to`() async throws {
        var configuration = try TestServer.configuration()
        configuration.allowsAddress = { $0 == [127, 0, 0, 1] }
        let connection = try await PostgresConnection.connect(configuration)
        defer { connection.close() }
        #expect(try await connection.query("SELECT 1").rowCount == 1)
    }

    @Test func `settings hold whatever they say, also white space and backslashes`() async throws {
        var configuration = try TestServer.configuration()
        // A backslash and a space with a combining mark, and a line's end of two, are one `Character` each.
        let value = #"a  b\c 'd' "e" f=g"# + "\tTAB \\\u{301} \u{301}\r\n"
        configuration.settings = ["weir.test": value, "statement_timeout": "7s"]
        let connection = try await PostgresConnection.connect(configuration)
        defer { connection.close() }
        let sql = "SELECT current_setting('weir.test') AS value, current_setting('statement_timeout') AS timeout"
        let row = try #require(try await connection.query(sql).first)
        #expect(try row.decode("value", as: String.self) == value)
        #expect(try row.decode("timeout", as: String.self) == "7s")
    }

    @Test func `a closed connection refuses statements and can be closed again`() async throws {
        let connection = try await PostgresConnection.connect(TestServer.configuration())
        connection.close()
        connection.close()
        #expect(!connection.isUsable)
        let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
        #expect(error?.isClosed == true)
    }

    @Test func `a connection nobody holds any more is ended on the server`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            let observer = try await PostgresConnection.connect(configuration)
            defer { observer.close() }
            let process = try await PostgresConnection.connect(configuration).backendProcessID
            try await eventually("the session has ended") {
                try await observer.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", .init(process)).rowCount == 0
            }
        }
    }
}
