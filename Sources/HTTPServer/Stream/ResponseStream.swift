import Synchronization

/// The writer's side of a body that is written while it is sent.
///
/// A write returns when the bytes are in the buffer, and waits while that is full. It throws `ResponseStreamError` once
/// the client has gone, was too slow, or the server stops, and `CancellationError` when its task is cancelled.
package final class ResponseStream: Sendable {
    fileprivate struct State {
        var buffer: StreamBuffer
        var connection: ConnectionHandle?
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    private let state: Mutex<State>
    private let capacity: Int
    let kind: StreamedBody.Kind

    init(capacity: Int, body: StreamedBody, now: ContinuousClock.Instant = .now) {
        self.capacity = capacity
        self.kind = body.kind
        self.state = Mutex(State(buffer: StreamBuffer(capacity: capacity, length: body.length, now: now)))
    }

    /// Whether the client is, as far as is known, still reading.
    package var isOpen: Bool { state.withLock { !$0.buffer.isClosed } }

    package func write(_ bytes: some Collection<UInt8>) async throws {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(capacity)
            switch offer(piece) {
            case .accepted: rest = rest.dropFirst(piece.count)
            case .full(let generation): try await waitForRoom(after: generation)
            case .closed(let error): throw error
            }
        }
    }

    package func write(_ text: String) async throws {
        try await write(text.utf8)
    }

    package func send(_ event: ServerSentEvent) async throws {
        try await write(event.encoded.utf8)
    }

    private func offer(_ piece: ArraySlice<UInt8>) -> StreamBuffer.Offer {
        let (offer, connection) = state.withLock { ($0.buffer.offer(piece, now: .now), $0.connection) }
        if offer == .accepted(wakeReader: true) { connection?.resume() }
        return offer
    }

    private func waitForRoom(after generation: Int) async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passed = state.withLock { state in
                    if state.buffer.generation != generation || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if passed { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
        try Task.checkCancellation()
    }
}

// What the server does with the stream.
extension ResponseStream {
    /// The library's thread fetches bytes; the connection is suspended where there are none.
    func read(into target: UnsafeMutableRawBufferPointer, of connection: ConnectionHandle) -> StreamBuffer.Read {
        let (read, waiters) = state.withLock { state in
            state.connection = connection
            let read = state.buffer.read(into: target)
            // Inside the lock: a writer that sees the sleeping reader resumes what is already suspended.
            if read == .sleep { connection.suspend() }
            if case .bytes(_, wakeWriters: true) = read { return (read, state.takeWaiters()) }
            return (read, [])
        }
        for waiter in waiters { waiter.resume() }
        return read
    }

    func end(_ ending: StreamBuffer.Ending) {
        let (wake, connection, waiters) = state.withLock { state in
            (state.buffer.end(ending), state.connection, state.takeWaiters())
        }
        if wake { connection?.resume() }
        for waiter in waiters { waiter.resume() }
    }

    /// Sends the sign of life that is due, and cuts a reader that is too slow.
    func watch(now: ContinuousClock.Instant, heartbeat: Duration, slowestReader: Duration) {
        let (stalledSince, heartbeatIsDue) = state.withLock { state in
            (
                state.buffer.stalledSince,
                kind == .events && state.buffer.heartbeatIsDue(now: now, interval: heartbeat)
            )
        }
        if let stalledSince, now - stalledSince >= slowestReader { return end(.cut(.readerTooSlow)) }
        if heartbeatIsDue { _ = offer(Array(": still here\n\n".utf8)[...]) }
    }
}

extension ResponseStream.State {
    fileprivate mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
        defer { waiters.removeAll() }
        return Array(waiters.values)
    }
}
