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

        var isIdle: Bool { jobs.isEmpty && actions.isEmpty && !isCalled && !isEnding }
    }

    private let state = Mutex(State())
    private let epoll: Int32
    /// Wakes the thread. Watched for edges, so that nobody has to read it.
    private let alarm: Int32
    private let thread = Mutex<pthread_t?>(nil)

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
    ///     latest; -1 for never.
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
        thread.withLock { $0 = started }
    }

    /// Ends the thread; returns when it has ended. No task may prefer it any more.
    func stop() {
        change { $0.isEnding = true }
        if let thread = thread.withLock({ $0.take() }) { pthread_join(thread, nil) }
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
        var event = epoll_event()
        var work = State()
        repeat {
            state.withLock { $0.isCalled = false }
            let wait = turn()
            state.withLock { state in
                state.isAsleep = state.isIdle && wait != 0
                work.isAsleep = state.isAsleep
                work.isEnding = state.isEnding
                swap(&state.actions, &work.actions)
                swap(&state.jobs, &work.jobs)
            }
            if work.isAsleep {
                epoll_wait(epoll, &event, 1, wait)
                state.withLock { $0.isAsleep = false }
            }
            for action in work.actions { action() }
            for job in work.jobs { job.runSynchronously(on: executor) }
            work.actions.removeAll(keepingCapacity: true)
            work.jobs.removeAll(keepingCapacity: true)
        } while !work.isEnding
    }

    /// What the thread is given.
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
