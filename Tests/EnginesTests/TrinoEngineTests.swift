import ControlPlane
import Cryptography
import Domain
import Foundation
import Testing

@testable import Engines

@Suite("The engine trino", .timeLimit(.minutes(1)))
struct TrinoEngineTests {
    private static let columns = #""columns":[{"name":"n","type":"bigint"},{"name":"s","type":"varchar"}]"#

    @Test("runs a statement to its end and gives its rows as Trino wrote them")
    func rows() async throws {
        let fake = TrinoFake(pages: [
            Self.columns, Self.columns + #","data":[[9007199254740993, "a]\"},["],[1.50,"é"]]"#,
            Self.columns + #","data":[[null,"\u00e9"]]"#,
        ])
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, "SELECT 1;\n", catalog: "c", schema: "s")
            let handle = try await driving.accepted()
            #expect(fake.created.isEmpty)
            let outcome = try await driving.follow(handle)
            #expect(outcome.success == .some(nil))
            #expect(outcome.rows == [#"[9007199254740993, "a]\"},["]"#, #"[1.50,"é"]"#, #"[null,"\u00e9"]"#])
            #expect(
                outcome.columns == [ResultColumn(name: "n", type: "bigint"), ResultColumn(name: "s", type: "varchar")])
            let query = try #require(fake.created.first)
            let id = driving.attempt.id
            #expect(query.statement == "SELECT 1\n/* weir attempt=\(id) */")
            #expect(
                query.fields == [
                    "User": "weir", "Source": "weir/\(id)", "Catalog": "c", "Schema": "s", "Time-Zone": "UTC",
                    "Client-Tags": "weir,attempt=\(id)", "Trace-Token": "\(id)",
                ])
            #expect(handle.link?.hasSuffix("query.html?\(handle.externalID)") == true)
            #expect(!"\(handle)".contains("slug"))
        }
    }

    @Test("an empty result has its columns")
    func empty() async throws {
        try await withTrino(TrinoFake(pages: [Self.columns, Self.columns])) { url in
            let outcome = try await TrinoDriving(url, "SELECT 1").run()
            #expect(outcome.columns.count == 2)
            #expect(outcome.rows.isEmpty)
        }
    }

    @Test("tells how many rows a statement changed, and takes that number for no result")
    func updates() async throws {
        let page = #""updateType":"INSERT","updateCount":3,"columns":[{"name":"rows","type":"bigint"}],"data":[[3]]"#
        try await withTrino(TrinoFake(pages: [page])) { url in
            let outcome = try await TrinoDriving(url, "INSERT INTO t VALUES 1,2,3").run()
            #expect(outcome.success == .some(3))
            #expect(outcome.rows.isEmpty && outcome.columns.isEmpty)
        }
    }

    @Test(
        "stops a query of which enough rows are kept",
        arguments: [ResultLimits(rows: 3, bytes: 1000), ResultLimits(rows: 100, bytes: 11)])
    func truncated(limits: ResultLimits) async throws {
        let page = Self.columns + #","data":[[1],[2]]"#
        let fake = TrinoFake(pages: [page, page, page, page, page])
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, "WITH a AS (SELECT 1) SELECT * FROM a", limits: limits)
            let outcome = try await driving.run()
            #expect(outcome.success == .some(nil))
            #expect(outcome.isTruncated)
            #expect(outcome.rows == ["[1]", "[2]", "[1]"])
            #expect(fake.created.map(\.isStopped) == [true])
        }
    }

    @Test("runs a statement that changes something to its end, though more rows come than are kept")
    func truncatedWrite() async throws {
        let page = Self.columns + #","data":[[1],[2]]"#
        let fake = TrinoFake(pages: [page, page, page])
        try await withTrino(fake) { url in
            let limits = ResultLimits(rows: 1, bytes: 1000)
            let outcome = try await TrinoDriving(url, "CALL system.refresh()", limits: limits).run()
            #expect(outcome.success == .some(nil))
            #expect(outcome.rows == ["[1]"])
            #expect(outcome.isTruncated)
            #expect(fake.created.map(\.isStopped) == [false])
            #expect(fake.created.map(\.token) == [2])
        }
    }

    @Test("reports a failed statement with Trino's own name for it")
    func failure() async throws {
        let error =
            #""error":{"message":"line 1:1: no","errorCode":1,"errorName":"SYNTAX_ERROR","errorType":"USER_ERROR"}"#
        try await withTrino(TrinoFake(pages: [error])) { url in
            let outcome = try await TrinoDriving(url, "SELEC 1").run()
            #expect(
                outcome.failure
                    == RunFailure(code: "SYNTAX_ERROR", fault: .user, message: "line 1:1: no", isRetryable: false))
        }
    }

    @Test(
        "ends what is cancelled, and says that what a statement changed may stand",
        arguments: ["SELECT 1", "DELETE FROM t"])
    func cancel(statement: String) async throws {
        let fake = TrinoFake(pages: [Self.columns, Self.columns, Self.columns])
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, statement)
            guard case .running(_, _, let handle) = await driving.look(try await driving.accepted()),
                case .requested = await driving.engine.cancel(driving.attempt, handle: handle, on: driving.target),
                case .ended(.cancelled(let why)) = try await driving.follow(handle).last
            else {
                Issue.record("it was not cancelled")
                return
            }
            #expect(why.contains("may stand") == (statement != "SELECT 1"))
        }
    }

    @Test("never speaks to another host than its connection's, whatever URIs it is given")
    func misdirected() async throws {
        let fake = TrinoFake()
        fake.misdirect(to: "169.254.169.254")
        try await withTrino(fake) { url in
            guard case .rejected(let failure) = await (try TrinoDriving(url, "SELECT 1")).submit() else {
                Issue.record("it was accepted")
                return
            }
            #expect(failure.message.contains("http-server.process-forwarded"))
        }
    }

    @Test("sends no password without TLS")
    func passwordOverHTTP() async throws {
        let fake = TrinoFake()
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, "SELECT 1", password: Secret("hunter2"))
            guard case .rejected(let failure) = await driving.submit() else {
                Issue.record("it was accepted")
                return
            }
            #expect(failure.code == "CONNECTION_INVALID")
            #expect(fake.queries.isEmpty)
        }
    }

    @Test("says what a connection lacks when it is checked")
    func check() async throws {
        let healthy = TrinoFake()
        try await withTrino(healthy) { url in
            let driving = try TrinoDriving(url, "")
            let health = await driving.engine.check(driving.target)
            #expect(health.isHealthy)
            #expect(health.version == "476")
            healthy.fail("HEAD /v1/statement", .answer(401, "Access Denied: Invalid credentials"))
            let refused = await driving.engine.check(driving.target)
            #expect(!refused.isHealthy)
            #expect(refused.version == "476")
            #expect(refused.reason?.contains("user and password") == true)
            healthy.fail("GET /v1/info", .answer(200, "<html>It works!</html>"))
            #expect(
                await driving.engine.check(driving.target).reason?.contains("Check that the connection leads") == true)
            healthy.beStarting()
            #expect(await driving.engine.check(driving.target).reason?.contains("starting up") == true)
        }
        let driving = try TrinoDriving("http://127.0.0.1:1", "")
        #expect(await driving.engine.check(driving.target).reason?.contains("could not be reached") == true)
    }
}
