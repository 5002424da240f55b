import CMicroHTTPD
import Dispatch
import Glibc
import Synchronization
import Testing

@testable import HTTPServer

@Suite(.timeLimit(.minutes(1)))
struct EventLoopTests {
    /// A loop that watches a descriptor of its own, and counts its turns.
    private final class CountingLoop: Sendable {
        let loop: EventLoop
        let descriptor: Int32
        private let counter = Atomic(0)

        var turns: Int { counter.load(ordering: .acquiring) }

        init() throws {
            loop = try EventLoop()
            descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        }

        func start(_ turn: @escaping @Sendable () -> Int32 = { -1 }) throws {
            try loop.start(watching: descriptor) { [self] in
                counter.add(1, ordering: .acquiringAndReleasing)
                return turn()
            }
        }

        func waitForTurn(after count: Int) async throws {
            while turns <= count { try await Task.sleep(for: .microseconds(50)) }
        }

        func stop() {
            loop.stop()
            close(descriptor)
        }
    }

    private final class Counter: Sendable {
        let count = Atomic(0)
    }

    private static func currentThread() -> UInt { UInt(pthread_self()) }

    @Test func `a turn follows every call, whatever the thread is about to do`() async throws {
        let counting = try CountingLoop()
        try counting.start()
        defer { counting.stop() }
        for _ in 0..<2_000 {
            let before = counting.turns
            counting.loop.call()
            try await counting.waitForTurn(after: before)
        }
    }

    @Test func `it waits while there is nothing to do, and wakes for its descriptor`() async throws {
        let counting = try CountingLoop()
        try counting.start()
        defer { counting.stop() }
        try await counting.waitForTurn(after: 0)
        try await Task.sleep(for: .milliseconds(20))
        #expect(counting.turns == 1)
        eventfd_write(counting.descriptor, 1)
        try await counting.waitForTurn(after: 1)
    }

    @Test func `the next turn comes when the last one said`() async throws {
        let counting = try CountingLoop()
        try counting.start { 5 }
        defer { counting.stop() }
        try await counting.waitForTurn(after: 3)
    }

    @Test func `tasks that prefer it, and what it is given, run on its one thread`() async throws {
        let counting = try CountingLoop()
        try counting.start()
        defer { counting.stop() }
        let threads = await withTaskGroup(of: UInt.self) { group in
            for _ in 0..<50 {
                group.addTask(executorPreference: counting.loop) {
                    await Task.yield()
                    return Self.currentThread()
                }
            }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        let performed = await withCheckedContinuation { continuation in
            counting.loop.perform { continuation.resume(returning: Self.currentThread()) }
        }
        #expect(threads == [performed])
    }

    @Test func `what was given to it before its end is done`() throws {
        let counting = try CountingLoop()
        try counting.start()
        let done = Counter()
        for _ in 0..<100 { counting.loop.perform { done.count.add(1, ordering: .relaxed) } }
        counting.stop()
        #expect(done.count.load(ordering: .relaxed) == 100)
    }

    @Test func `brief handlers share a thread, unless the body is long`() async throws {
        try await withServer { router in
            router.on(.post, "/brief", isBrief: true) { _ in .text("\(Self.currentThread())") }
            router.on(.post, "/other") { _ in .text("\(Self.currentThread())") }
        } _: { server in
            func thread(_ path: String, bodyOf count: Int) async throws -> String {
                let body = String(repeating: "x", count: count)
                return try await ask(
                    server, "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(count)\r\n\r\n\(body)"
                ).body
            }
            let brief = try await thread("/brief", bodyOf: 10)
            #expect(try await thread("/brief", bodyOf: ServerCore.longestBriefBody) == brief)
            #expect(try await thread("/brief", bodyOf: ServerCore.longestBriefBody + 1) != brief)
            #expect(try await thread("/other", bodyOf: 10) != brief)
        }
    }

    @Test func `a brief handler that another thread wakes goes on on its own`() async throws {
        try await withServer { router in
            router.on(.get, "/", isBrief: true) { _ in
                let before = Self.currentThread()
                let waker = await withCheckedContinuation { continuation in
                    DispatchQueue.global().async { continuation.resume(returning: Self.currentThread()) }
                }
                return .text("\(waker != before) \(Self.currentThread() == before)")
            }
        } _: { server in
            let answer = try await ask(server, get("/"))
            #expect(answer.body == "true true")
        }
    }

    @Test func `a turn that asks for the next at once, and does nothing, is not called without end`() async throws {
        let counting = try CountingLoop()
        try counting.start { 0 }
        defer { counting.stop() }
        let begun = ContinuousClock.now
        try await Task.sleep(for: .milliseconds(50))
        let turns = counting.turns
        #expect(Double(turns) < 50 + (ContinuousClock.now - begun) / .milliseconds(1))
    }

    @Test func `many tasks that are ready at once leave the connections their turns`() async throws {
        let counting = try CountingLoop()
        try counting.start()
        defer { counting.stop() }
        let turns = await withCheckedContinuation { (continuation: CheckedContinuation<Int, Never>) in
            counting.loop.perform {
                // The thread is here: all of them are ready when it goes on.
                let before = counting.turns
                let left = Counter()
                for _ in 0..<640 {
                    Task(executorPreference: counting.loop) {
                        if left.count.add(1, ordering: .relaxed).newValue == 640 {
                            continuation.resume(returning: counting.turns - before)
                        }
                    }
                }
            }
        }
        #expect(turns >= 9)
    }

    @Test func `answers from other threads reach their connections, however they fall into the loop's turns`()
        async throws
    {
        try await withServer { router in
            router.on(.get, "/{n}") { request in
                if Int(request.segments[0])?.isMultiple(of: 3) == true { try await Task.sleep(for: .microseconds(10)) }
                return .text(request.segments[0])
            }
        } _: { server in
            try await withClients(8, of: server) { _, connection in
                for number in 0..<300 {
                    try await connection.send(get("/\(number)"))
                    let answer = try await connection.readResponse()
                    #expect(answer.body == "\(number)")
                }
            }
        }
    }
}
