import ControlPlane
import Domain
import Foundation
import HTTPClient
import Testing

@testable import Engines

@Suite("The engine trino, when something breaks,", .timeLimit(.minutes(1)))
struct TrinoRecoveryTests {
    private static let page = #""columns":[{"name":"n","type":"bigint"}],"data":"#

    private func reason(_ look: Look?) -> (kind: String, text: String) {
        switch look {
        case .neverStarted(let proof): ("never started", proof)
        case .cannotTell(let why): ("cannot tell", why)
        case .unreachable(let why): ("unreachable", why)
        case .running: ("running", "")
        case .ended(let ending): ("ended", "\(ending)")
        case nil: ("nothing", "")
        }
    }

    @Test("registers again what it got no answer to, and starts one query all the same")
    func lostRegistration() async throws {
        let fake = TrinoFake()
        try await withTrino(fake) { url in
            fake.fail("POST /v1/statement", .loseAnswer)
            let outcome = try await TrinoDriving(url, "INSERT INTO t VALUES 1").run()
            #expect(outcome.success != nil)
            #expect(fake.queries.count == 2)
            #expect(fake.created.count == 1)
        }
    }

    @Test("says that nothing was started where a registration's answer is lost for good")
    func lostForGood() async throws {
        let fake = TrinoFake()
        try await withTrino(fake) { url in
            for _ in 0..<3 { fake.fail("POST /v1/statement", .loseAnswer) }
            guard case .rejected(let failure) = await (try TrinoDriving(url, "INSERT INTO t VALUES 1")).submit() else {
                Issue.record("it was accepted")
                return
            }
            #expect(failure.isRetryable)
            #expect(failure.fault == .infrastructure)
            #expect(fake.created.isEmpty)
        }
    }

    @Test("never starts a query without a stored way back, and says so")
    func noHandle() async throws {
        let fake = TrinoFake()
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, "INSERT INTO t VALUES 1")
            _ = try await driving.accepted()
            #expect(reason(await driving.look(nil)).kind == "never started")
            #expect(fake.created.isEmpty)
        }
    }

    @Test(
        "loses no row and doubles none where an answer is lost or a proxy stands in between",
        arguments: [
            TrinoFake.Fault.loseAnswer, .answer(503, "busy"), .answer(502, ""), .answer(429, ""),
            .answer(200, "<html>maintenance</html>"), .answer(500, "oops"), .answer(403, "no"),
        ])
    func faults(fault: TrinoFake.Fault) async throws {
        let fake = TrinoFake(pages: ["[[1],[2]]", "[[3]]", "[]", "[[4]]"].map { Self.page + $0 })
        try await withTrino(fake) { url in
            for phase in ["queued", "executing", "executing"] { fake.fail("GET /v1/statement/\(phase)", fault) }
            let outcome = try await TrinoDriving(url, "INSERT INTO t SELECT 1").run()
            #expect(outcome.success != nil, "\(reason(outcome.last))")
            #expect(outcome.rows == ["[1]", "[2]", "[3]", "[4]"])
            #expect(fake.created.count == 1)
        }
    }

    @Test("a look that is repeated with the same handle gives the same page")
    func repeated() async throws {
        let fake = TrinoFake(pages: ["[[1]]", "[[2]]"].map { Self.page + $0 })
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, "SELECT 1")
            guard case .running(_, nil, let first) = await driving.look(try await driving.accepted()),
                case .running(_, let rows, _) = await driving.look(first),
                case .running(_, let again, let second) = await driving.look(first)
            else {
                Issue.record("it does not run")
                return
            }
            #expect(rows == again)
            #expect(rows?.rows == ["[1]"])
            #expect(try await driving.follow(second).rows == ["[2]"])
        }
    }

    @Test(
        "may start again after a restart of Trino what only reads, and asks a person about the rest",
        arguments: [("SELECT 1", "never started"), ("INSERT INTO t VALUES 1", "cannot tell")])
    func restarted(statement: String, expected: String) async throws {
        let fake = TrinoFake(pages: ["[[1]]", "[[2]]"].map { Self.page + $0 })
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, statement)
            guard case .running(_, _, let handle) = await driving.look(try await driving.accepted()) else {
                Issue.record("it does not run")
                return
            }
            fake.restart()
            let found = reason(await driving.look(handle))
            #expect(found.kind == expected)
            #expect(found.text.contains("00001_aaaaa"))
        }
    }

    @Test("a query whose start was never answered, and which the same Trino does not know, never started")
    func abandoned() async throws {
        let fake = TrinoFake()
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, "INSERT INTO t VALUES 1")
            let handle = try await driving.accepted()
            fake.forget()
            #expect(reason(await driving.look(handle)).kind == "never started")
            #expect(fake.created.isEmpty)
        }
    }

    @Test("… unless so much time has passed that Trino may have forgotten it, or it was restarted")
    func abandonedLongAgo() async throws {
        let fake = TrinoFake()
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, "INSERT INTO t VALUES 1")
            let handle = try await driving.accepted()
            fake.forget()
            let later = TrinoEngine(http: try Client(), now: { Date() + 3600 })
            let look = await later.look(at: driving.attempt, handle: handle, on: driving.target)
            #expect(reason(look).kind == "cannot tell")
            fake.restart()
            #expect(reason(await driving.look(handle)).kind == "cannot tell")
        }
    }

    @Test("asks Trino by the query's id where another process has gone on with its pages")
    func overtaken() async throws {
        let fake = TrinoFake(pages: ["[[1]]", "[[2]]", "[[3]]"].map { Self.page + $0 })
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, "INSERT INTO t VALUES 1")
            guard case .running(_, _, let old) = await driving.look(try await driving.accepted()),
                case .running(_, _, let newer) = await driving.look(old),
                case .running(_, _, let newest) = await driving.look(newer)
            else {
                Issue.record("it does not run")
                return
            }
            #expect(reason(await driving.look(old)).kind == "running")
            _ = await driving.engine.cancel(driving.attempt, handle: newest, on: driving.target)
            guard case .ended(.cancelled) = await driving.look(old) else {
                Issue.record("its end was not seen")
                return
            }
        }
    }

    @Test("does not follow a handle to a host that the connection no longer names")
    func movedConnection() async throws {
        let fake = TrinoFake()
        try await withTrino(fake) { url in
            let driving = try TrinoDriving(url, "SELECT 1")
            let handle = try await driving.accepted()
            let moved = try TrinoDriving("http://127.0.0.1:1", "SELECT 1")
            #expect(reason(await moved.look(handle)).kind == "cannot tell")
        }
    }
}
