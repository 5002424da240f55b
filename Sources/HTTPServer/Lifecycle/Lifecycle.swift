/// Where the server stands between its start and its end, and what the next step is: no I/O, no lock.
struct Lifecycle: Sendable {
    enum Phase: Equatable {
        case ready
        case running
        /// Running handlers may finish until that instant.
        case draining(until: ContinuousClock.Instant)
        /// Handlers were cancelled and every request answered; the answers may be sent until that instant.
        case flushing(until: ContinuousClock.Instant)
        case closed
    }

    enum Step: Equatable {
        case none
        /// Nothing more can be expected of the handlers: cancel them and answer in their stead.
        case cancelHandlers
        /// Nobody is connected, or the rest is given up: stop the library.
        case close
    }

    private(set) var phase = Phase.ready
    private var hasStarted = false

    var isStopping: Bool {
        switch phase {
        case .ready, .running: false
        case .draining, .flushing, .closed: true
        }
    }

    /// What `run()` has to do.
    enum Start: Equatable {
        case serve
        /// The stop came first.
        case returnAtOnce
        case refuse
    }

    /// A server starts once.
    mutating func start() -> Start {
        if hasStarted { return .refuse }
        hasStarted = true
        if isStopping { return .returnAtOnce }
        phase = .running
        return .serve
    }

    /// - Returns: whether this call began the stop.
    mutating func beginStop(now: ContinuousClock.Instant, grace: Duration) -> Bool {
        if isStopping { return false }
        phase = hasStarted ? .draining(until: now + grace) : .closed
        return true
    }

    mutating func step(now: ContinuousClock.Instant, connections: Int, flush: Duration) -> Step {
        switch phase {
        case .ready, .running, .closed:
            return .none
        case .draining(let until):
            if connections == 0 { return close() }
            if now < until { return .none }
            phase = .flushing(until: now + flush)
            return .cancelHandlers
        case .flushing(let until):
            return connections == 0 || now >= until ? close() : .none
        }
    }

    private mutating func close() -> Step {
        phase = .closed
        return .close
    }
}
