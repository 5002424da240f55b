import Testing

@testable import Postgres

@Suite struct PoolStateTests {
    private typealias State = PoolState<String, String>

    @Test func `connections are made up to the capacity, and then callers wait`() throws {
        var state = State(capacity: 2, maximumWaiters: 1)
        #expect(try state.take() == .connect)
        #expect(try state.take() == .connect)
        #expect(try state.take() == nil)
    }

    @Test func `a connection that comes back is used again, the last one first`() throws {
        var state = State(capacity: 2, maximumWaiters: 1)
        for _ in 0..<2 { _ = try state.take() }
        for name in ["a", "b"] {
            guard case .kept = state.giveBack(name) else { return #expect(Bool(false), "nobody waits") }
        }
        #expect(try state.take() == .use("b"))
        #expect(try state.take() == .use("a"))
    }

    @Test func `waiters are served in turn`() throws {
        var state = State(capacity: 1, maximumWaiters: 2)
        _ = try state.take()
        for name in ["first", "second"] { _ = try state.takeOrWait(state.makeTicket(), name) }
        for name in ["first", "second"] {
            guard case .handTo(name) = state.giveBack("a") else {
                return #expect(Bool(false), "\(name) should have been served")
            }
        }
    }

    @Test func `more waiters than the bound are refused`() throws {
        var state = State(capacity: 1, maximumWaiters: 1)
        _ = try state.take()
        _ = try state.takeOrWait(state.makeTicket(), "first")
        let ticket = state.makeTicket()
        let error = #expect(throws: PostgresError.self) { try state.takeOrWait(ticket, "second") }
        guard case .poolExhausted(waiting: 1) = try #require(error) else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
    }

    @Test func `who withdraws is served no more`() throws {
        var state = State(capacity: 1, maximumWaiters: 2)
        _ = try state.take()
        let ticket = state.makeTicket()
        _ = try state.takeOrWait(ticket, "first")
        _ = try state.takeOrWait(state.makeTicket(), "second")
        #expect(state.withdraw(ticket) == "first")
        #expect(state.withdraw(ticket) == nil)
        guard case .handTo("second") = state.giveBack("a") else { return #expect(Bool(false), "second waits") }
    }

    @Test func `in the place of a discarded connection a waiter may connect`() throws {
        var state = State(capacity: 1, maximumWaiters: 1)
        _ = try state.take()
        _ = try state.takeOrWait(state.makeTicket(), "first")
        #expect(state.giveUpPlace() == "first")
        #expect(state.giveUpPlace() == nil)
        #expect(try state.take() == .connect)
    }

    @Test func `a closed pool gives nothing, and ends what comes back`() throws {
        var state = State(capacity: 2, maximumWaiters: 1)
        for _ in 0..<2 { _ = try state.take() }
        _ = state.giveBack("a")
        _ = try state.take()
        _ = try state.takeOrWait(state.makeTicket(), "first")
        let closed = state.close()
        #expect(closed.idle.isEmpty)
        #expect(closed.waiters == ["first"])
        #expect(throws: PostgresError.self) { try state.take() }
        guard case .close = state.giveBack("a") else { return #expect(Bool(false), "the pool is closed") }
    }
}
