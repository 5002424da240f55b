import ControlPlane
import Domain
import Foundation
import TestSupport
import Testing

@testable import Engines

/// A real Trino with the catalogs tpch and memory, as `tools/trino` starts it.
private enum LiveTrino {
    static let url = ProcessInfo.processInfo.environment["WEIR_TRINO_URL"].flatMap { $0.isEmpty ? nil : $0 }
    static let isRequired = ProcessInfo.processInfo.environment["WEIR_REQUIRE_ENGINES"] == "1"
}

@Suite(
    "The engine trino on a real Trino",
    .enabled(if: LiveTrino.url != nil || LiveTrino.isRequired, "SKIPPED: WEIR_TRINO_URL names no Trino (tools/trino)"),
    .timeLimit(.minutes(3)))
struct TrinoLiveTests {
    private let url: String

    init() throws {
        url = try #require(LiveTrino.url, "WEIR_REQUIRE_ENGINES=1, and WEIR_TRINO_URL names no Trino")
    }

    @Test("gives every kind of value as Trino writes it")
    func values() async throws {
        let statement = """
            SELECT 9007199254740993, DECIMAL '1.50', 1.5e0, nan(), TIMESTAMP '2024-01-01 00:00:00.123456', 'x"\\é',
                ARRAY[1,2], MAP(ARRAY['a'], ARRAY[1]), CAST(ROW(1, 'a') AS ROW(p int, q varchar)), X'00ff', null, true;
            """
        let outcome = try await TrinoDriving(url, statement).run()
        #expect(
            outcome.rows == [
                #"[9007199254740993,"1.50",1.5,"NaN","2024-01-01 00:00:00.123456","x\"\\é",[1,2],{"a":1},[1,"a"],"AP8=",null,true]"#
            ])
        #expect(outcome.columns.map(\.type).prefix(3) == ["bigint", "decimal(3, 2)", "double"])
    }

    @Test("reads a result of many pages whole, in order")
    func pages() async throws {
        let driving = try TrinoDriving(
            url, "SELECT orderkey, comment FROM orders ORDER BY orderkey",
            limits: ResultLimits(rows: 100_000, bytes: 64 << 20), catalog: "tpch", schema: "tiny")
        let outcome = try await driving.run()
        #expect(outcome.success == .some(nil))
        #expect(outcome.rows.count == 15_000)
        #expect(!outcome.isTruncated)
        let keys = outcome.rows.compactMap { Int($0.dropFirst().prefix { $0 != "," }) }
        #expect(keys == keys.sorted() && Set(keys).count == 15_000)
    }

    @Test("stops a large result at its limit")
    func truncated() async throws {
        let driving = try TrinoDriving(
            url, "SELECT * FROM tpch.sf1.lineitem", limits: ResultLimits(rows: 50, bytes: 1 << 20))
        let outcome = try await driving.run()
        #expect(outcome.success == .some(nil))
        #expect(outcome.rows.count == 50)
        #expect(outcome.isTruncated)
    }

    @Test("creates, fills, reads and drops a table")
    func changes() async throws {
        let table = "memory.default.t\(UUID().uuidString.prefix(8).lowercased())"
        #expect(try await TrinoDriving(url, "CREATE TABLE \(table) (a int)").run().success == .some(nil))
        let inserted = try await TrinoDriving(url, "INSERT INTO \(table) VALUES 1, 2, 3").run()
        #expect(inserted.success == .some(3))
        #expect(inserted.rows.isEmpty)
        #expect(try await TrinoDriving(url, "SELECT count(*) FROM \(table)").run().rows == ["[3]"])
        #expect(try await TrinoDriving(url, "DROP TABLE \(table)").run().success == .some(nil))
    }

    @Test(
        "names what is wrong with a statement",
        arguments: [
            ("SELEC 1", "SYNTAX_ERROR"), ("SELECT 1/0", "DIVISION_BY_ZERO"),
            ("SELECT * FROM no.such.t", "CATALOG_NOT_FOUND"),
            ("START TRANSACTION", "INCOMPATIBLE_CLIENT"),
        ])
    func failures(statement: String, code: String) async throws {
        let failure = try await TrinoDriving(url, statement).run().failure
        #expect(failure?.code == code)
        #expect(failure?.fault == .user)
        #expect(failure?.isRetryable == false)
    }

    @Test("starts a query with the first look and no earlier, and once, however often that is repeated")
    func startsOnce() async throws {
        let table = "memory.default.t\(UUID().uuidString.prefix(8).lowercased())"
        _ = try await TrinoDriving(url, "CREATE TABLE \(table) (a int)").run()
        let driving = try TrinoDriving(url, "INSERT INTO \(table) VALUES 1")
        let handle = try await driving.accepted()
        _ = try await driving.accepted()
        async let first = driving.look(handle)
        async let second = driving.look(handle)
        _ = await (first, second)
        #expect(try await driving.follow(handle).success == .some(1))
        #expect(try await TrinoDriving(url, "SELECT count(*) FROM \(table)").run().rows == ["[1]"])
        _ = try await TrinoDriving(url, "DROP TABLE \(table)").run()
    }

    @Test("stops a long query")
    func cancel() async throws {
        let driving = try TrinoDriving(url, "SELECT count(*) FROM tpch.sf1000.lineitem CROSS JOIN tpch.sf1.orders")
        var handle = try await driving.accepted()
        var isRunning = false
        while !isRunning {
            guard case .running(let progress, _, let next) = await driving.look(handle) else { break }
            handle = next
            isRunning = progress.state == "RUNNING"
        }
        #expect(isRunning)
        guard case .requested = await driving.engine.cancel(driving.attempt, handle: handle, on: driving.target),
            case .ended(.cancelled) = try await driving.follow(handle).last
        else {
            Issue.record("it was not cancelled")
            return
        }
    }

    @Test("a query that was cancelled before its first look ends as cancelled")
    func cancelledEarly() async throws {
        let driving = try TrinoDriving(url, "SELECT count(*) FROM tpch.sf1000.lineitem")
        let handle = try await driving.accepted()
        guard case .requested = await driving.engine.cancel(driving.attempt, handle: handle, on: driving.target),
            case .ended(.cancelled) = try await driving.follow(handle).last
        else {
            Issue.record("it was not cancelled")
            return
        }
    }

    @Test("a way back to a query that this Trino never had leads to no second start of a change")
    func unknownQuery() async throws {
        let driving = try TrinoDriving(url, "INSERT INTO memory.default.x VALUES 1")
        let real = try TrinoHandle(try await driving.accepted())
        let foreign = TrinoHandle(
            queryID: "20200101_000000_00000_zzzzz",
            nextURI: real.nextURI.replacingOccurrences(of: real.queryID, with: "20200101_000000_00000_zzzzz"),
            infoURI: nil, registeredAt: Date())
        guard case .cannotTell(let why) = await driving.look(try foreign.sealed()) else {
            Issue.record("it was decided")
            return
        }
        #expect(why.contains("restarted"))
    }

    @Test("is healthy, and says its version")
    func check() async throws {
        let driving = try TrinoDriving(url, "")
        // With all tests at work on few cores it may once answer too late, which is unhealthy and rightly so.
        try await eventually("Trino is healthy", within: .seconds(240)) {
            let health = await driving.engine.check(driving.target)
            return health.isHealthy && health.version.flatMap { Int($0) } != nil
        }
    }
}
