import Synchronization

/// Hands requests from the library's threads to the task that runs the server. As many can wait as there are connections.
final class RequestChannel: Sendable {
    fileprivate struct State {
        var waiting: [Exchange] = []
        var receiver: CheckedContinuation<Void, Never>?
        var isFinished = false
    }

    private let state = Mutex(State())

    /// - Returns: whether it was taken: after the end nothing is.
    func send(_ exchange: Exchange) -> Bool {
        let (isFinished, receiver) = state.withLock { state in
            if state.isFinished { return (true, nil as CheckedContinuation<Void, Never>?) }
            state.waiting.append(exchange)
            return (false, state.takeReceiver())
        }
        receiver?.resume()
        return !isFinished
    }

    /// No more will come.
    func finish() {
        let receiver = state.withLock { state in
            state.isFinished = true
            return state.takeReceiver()
        }
        receiver?.resume()
    }

    /// All that wait, at least one; `nil` at the end. For one receiver, whose cancellation changes nothing.
    func next() async -> [Exchange]? {
        while true {
            let (batch, isFinished) = state.withLock { state in
                defer { state.waiting = [] }
                return (state.waiting, state.isFinished)
            }
            if !batch.isEmpty { return batch }
            if isFinished { return nil }
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state in
                    if !state.waiting.isEmpty || state.isFinished { return true }
                    state.receiver = continuation
                    return false
                }
                if ready { continuation.resume() }
            }
        }
    }
}

extension RequestChannel.State {
    fileprivate mutating func takeReceiver() -> CheckedContinuation<Void, Never>? {
        defer { receiver = nil }
        return receiver
    }
}
