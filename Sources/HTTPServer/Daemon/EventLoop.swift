import CMicroHTTPD
import Glibc
import Synchronization

/// A thread that takes turns: work of its own for what a descriptor announces, then what was given to it meanwhile.
///
/// Tasks that prefer this executor share the thread with all connections. They go from the socket to the handler and back
/// without waking another thread, and hold everything up while they compute.
final class EventLoop: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var actions: [@Sendable () -> Void] = []
        /// Whether another turn must follow.
        var isCalled = false
        /// The thread waits, or is about to: whoever changes something must wake it.
        var isAsleep = false
        var isEnding = false
        var thread: pthread_t?

        var isIdle: Bool { jobs.isEmpty && actions.isEmpty && !isCalled && !isEnding }
    }

    private let state = Mutex(State())
    private let epoll: Int32
    /// Wakes the thread. Watched for edges, so that nobody has to read it.
    private let alarm: Int32
    private let hasProgressed = Atomic(false)

    /// How many jobs run between two turns.
    private static let jobsInTurn = 64
    /// Milliseconds to wait for the next turn when one was asked for at once by a turn that did nothing.
    private static let pause: Int32 = 1

    init() throws(ServerStartError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        alarm = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        var event = epoll_event(events: EPOLLIN.rawValue | mhd_shim_edge_triggered, data: epoll_data_t())
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, alarm, &event) == 0 else { throw .cannotStart }
    }

    deinit {
        close(alarm)
        close(epoll)
    }

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - descriptor: What it waits for; must stay open until `stop` has returned.
    ///   - turn: Does what the descriptor announces, and returns after how many milliseconds the next turn must come at the
    ///     latest; -1 for never. One that returns 0, but has noted no progress, is not called again at once.
    func start(watching descriptor: Int32, turn: @escaping @Sendable () -> Int32) throws(ServerStartError) {
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t())
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 else { throw .cannotStart }
        let work = Unmanaged.passRetained(Work { [self] in run(turn) })
        var started = pthread_t()
        let code = pthread_create(
            &started, nil,
            { work in
                if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw .cannotStart
        }
        mhd_shim_name(started, "http")
        state.withLock { $0.thread = started }
    }

    /// Ends the thread; returns when it has ended. No task may prefer it any more.
    func stop() {
        change { $0.isEnding = true }
        if let thread = state.withLock({ $0.thread.take() }) { pthread_join(thread, nil) }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        change { $0.jobs.append(job) }
    }

    /// Has something done on the thread, soon.
    func perform(_ action: @escaping @Sendable () -> Void) {
        change { $0.actions.append(action) }
    }

    /// Has a turn taken that begins after this call.
    func call() {
        change { $0.isCalled = true }
    }

    /// Notes that the turn which runs has done something.
    func noteProgress() {
        hasProgressed.store(true, ordering: .relaxed)
    }

    private func change(_ change: (inout State) -> Void) {
        let mustWake = state.withLock { state in
            change(&state)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustWake { eventfd_write(alarm, 1) }
    }

    private func run(_ turn: () -> Int32) {
        let executor = asUnownedTaskExecutor()
        var jobs: [UnownedJob] = []
        var actions: [@Sendable () -> Void] = []
        var (isEnding, mayWait) = (false, false)
        var event = epoll_event()
        repeat {
            let wait = takeTurn(turn)
            state.withLock { state in
                mayWait = state.isIdle && wait != 0
                state.isAsleep = mayWait
                isEnding = state.isEnding
                swap(&state.actions, &actions)
                swap(&state.jobs, &jobs)
            }
            if mayWait {
                epoll_wait(epoll, &event, 1, wait)
                state.withLock { $0.isAsleep = false }
            }
            for action in actions { action() }
            for (index, job) in jobs.enumerated() {
                // Answers that came all at once do not keep the connections waiting.
                if index > 0, index.isMultiple(of: Self.jobsInTurn) { _ = takeTurn(turn) }
                job.runSynchronously(on: executor)
            }
            actions.removeAll(keepingCapacity: true)
            jobs.removeAll(keepingCapacity: true)
        } while !isEnding
    }

    /// - Returns: How many milliseconds may pass until the next one.
    private func takeTurn(_ turn: () -> Int32) -> Int32 {
        state.withLock { $0.isCalled = false }
        let wait = turn()
        let hasProgressed = hasProgressed.exchange(false, ordering: .relaxed)
        return wait == 0 && !hasProgressed ? Self.pause : wait
    }

    /// What the thread is given.
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
