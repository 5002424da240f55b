import Synchronization

/// Hands requests from the connections' thread to the tasks that receive them. As many can wait as there are connections.
final class RequestChannel: Sendable {
    private typealias Receiver = CheckedContinuation<Exchange?, Never>

    private struct State {
        /// Those from `first` on wait; the ones before it are gone.
        var waiting: [Exchange?] = []
        var first = 0
        var receivers: [Receiver] = []
        var isFinished = false

        mutating func take() -> Exchange? {
            if first == waiting.count { return nil }
            let exchange = waiting[first].take()
            first += 1
            if first == waiting.count || first >= 1024 {
                waiting.removeFirst(first)
                first = 0
            }
            return exchange
        }
    }

    private let state = Mutex(State())

    /// - Returns: whether it was taken: after the end nothing is.
    func send(_ exchange: Exchange) -> Bool {
        let (taken, receiver) = state.withLock { state -> (Bool, Receiver?) in
            if state.isFinished { return (false, nil) }
            if let receiver = state.receivers.popLast() { return (true, receiver) }
            state.waiting.append(exchange)
            return (true, nil)
        }
        receiver?.resume(returning: exchange)
        return taken
    }

    /// No more will come.
    func finish() {
        let receivers = state.withLock { state in
            state.isFinished = true
            defer { state.receivers = [] }
            return state.receivers
        }
        for receiver in receivers { receiver.resume(returning: nil) }
    }

    /// The next request; `nil` at the end. The cancellation of the receiver's task changes nothing.
    func next() async -> Exchange? {
        if let exchange = state.withLock({ $0.take() }) { return exchange }
        return await withCheckedContinuation { continuation in
            let (exchange, isOver) = state.withLock { state -> (Exchange?, Bool) in
                if let exchange = state.take() { return (exchange, true) }
                if !state.isFinished { state.receivers.append(continuation) }
                return (nil, state.isFinished)
            }
            if isOver { continuation.resume(returning: exchange) }
        }
    }
}
