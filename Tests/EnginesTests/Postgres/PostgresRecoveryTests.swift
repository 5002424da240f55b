import ControlPlane
import Domain
import TestSupport
import Testing

@testable import Engines

/// What is told of an attempt on Postgres whose session was stopped or lost.
@Suite(.timeLimit(.minutes(3))) struct PostgresRecoveryTests {
    private static let long = "SELECT pg_sleep(600)"

    /// The driving as a process sees it that was started afterwards.
    private func restarted(_ driving: PostgresDriving) -> PostgresDriving {
        var other = driving
        other.engine = PostgresEngine()
        return other
    }

    private func start(_ driving: PostgresDriving) async throws -> EngineHandle {
        let handle = try await driving.accepted()
        guard case .running(_, _, let next) = await driving.look(handle) else { throw NotSeen(what: "it runs") }
        #expect(try await driving.isActive())
        return next
    }

    @Test func `a statement that is cancelled by Weir is rolled back and confirmed`() async throws {
        try await PostgresDriving.run("WITH i AS (INSERT INTO effects VALUES (1)) " + Self.long) {
            driving async throws in
            let handle = try await start(driving)
            guard case .requested = await driving.engine.cancel(driving.attempt, handle: handle, on: driving.target)
            else { throw NotSeen(what: "the cancel is taken") }
            guard case .ended(.cancelled) = await driving.follow(handle).last else {
                throw NotSeen(what: "the cancel is confirmed")
            }
            #expect(try await driving.effects() == 0)
        }
    }

    @Test func `a statement that somebody cancels at the server ends as cancelled, with the server's word`()
        async throws
    {
        try await PostgresDriving.run(Self.long) { driving async throws in
            let handle = try await start(driving)
            try await driving.toItsSession("pg_cancel_backend")
            guard case .ended(.cancelled(let why)) = await driving.follow(handle).last else {
                throw NotSeen(what: "it is told that it was cancelled")
            }
            #expect(why.contains("canceling statement due to user request"))
        }
    }

    @Test func `a session that is ended in mid-statement is first out of reach, and then proved to be undone`()
        async throws
    {
        try await PostgresDriving.run("WITH i AS (INSERT INTO effects VALUES (1)) " + Self.long) {
            driving async throws in
            let handle = try await start(driving)
            try await driving.toItsSession("pg_terminate_backend")
            guard case .unreachable = await driving.follow(handle).last else {
                throw NotSeen(what: "it is out of reach")
            }
            guard case .neverStarted(let proof) = await driving.follow(handle).last else {
                throw NotSeen(what: "it is proved to be undone")
            }
            #expect(proof.contains("was rolled back"))
            #expect(try await driving.effects() == 0)
        }
    }

    @Test func `a new process learns from the transaction that it was committed, and commits nothing again`()
        async throws
    {
        try await PostgresDriving.run("INSERT INTO effects VALUES (1), (2)") { driving async throws in
            // The process ends after the commit, before its answer is stored.
            var handle = try await driving.accepted()
            while case .running(_, _, let next) = await driving.look(handle) { handle = next }
            let outcome = await restarted(driving).follow(handle)
            #expect(outcome.success == .some(2))
            #expect(try await driving.effects() == 2)
        }
    }

    @Test func `a new process ends the session of a former one, and proves that it was undone`() async throws {
        try await PostgresDriving.run("WITH i AS (INSERT INTO effects VALUES (1)) " + Self.long) {
            driving async throws in
            let handle = try await start(driving)
            let next = restarted(driving)
            guard case .unreachable = await next.look(handle) else { throw NotSeen(what: "it is being ended") }
            try await eventually("it is proved to be undone") {
                if case .neverStarted = await next.look(handle) { true } else { false }
            }
            #expect(try await !driving.isActive())
            #expect(try await driving.effects() == 0)
        }
    }

    @Test func `an attempt whose transaction was not recorded never started`() async throws {
        try await PostgresDriving.run("INSERT INTO effects VALUES (1)") { driving async throws in
            _ = try await driving.accepted()
            guard case .neverStarted = await driving.look(nil) else { throw NotSeen(what: "it is proved") }
            #expect(try await driving.outcome().success == .some(1))
            #expect(try await driving.effects() == 1)
        }
    }

    @Test func `a statement that waits for the commit of its rows is undone where the process ends before`()
        async throws
    {
        try await PostgresDriving.run("INSERT INTO effects VALUES (1)") { driving async throws in
            let first = try await driving.accepted()
            guard case .running(_, _, let ready) = await driving.look(first) else {
                throw NotSeen(what: "it is ready to commit")
            }
            #expect(try await driving.effects() == 0)
            try await driving.toItsSession("pg_terminate_backend")
            let next = restarted(driving)
            try await eventually("it is proved to be undone") {
                if case .neverStarted = await next.look(ready) { true } else { false }
            }
            #expect(try await driving.effects() == 0)
        }
    }
}
