import CMicroHTTPD
import Synchronization

/// One request and its answer, from the request line until the library is done with both.
///
/// Until `handOver` everything belongs to the library's thread. From then on the request is read by the handler's task,
/// and what both sides and the watch decide on stands in `state`.
final class Exchange: @unchecked Sendable {
    // Sendable: the stored variables are written by the library's thread alone, before `handOver` publishes them.

    enum Stage {
        case receiving
        /// The connection is suspended; who moves the exchange on must resume it.
        case handedOver
        case answered
        case over
    }

    private struct State {
        var stage = Stage.receiving
        var task: TaskHandle?
        var answer: PreparedResponse?
        var stream: ResponseStream?
    }

    let connection: ConnectionHandle
    let record: ConnectionRecord
    let received: ContinuousClock.Instant
    /// What middleware leaves with the request.
    let values = RequestValues()
    private let state = Mutex(State())

    /// Where the library showed the target, to be compared with where the head says it lies.
    let targetStart: UnsafePointer<CChar>
    let targetText: String
    let targetCount: Int

    /// Whether the library has shown the head.
    var hasBegun = false
    private(set) var wasHandedOver = false
    var head: RequestHead?
    var body: [UInt8] = []
    /// Bytes of body, those left out included.
    var bodyCount = 0
    /// Why the request is refused once its body has been read.
    var refusal: HTTPFailure?
    /// When the next piece of a body in chunks must be there, as time from the request line on; `.max` when none is
    /// awaited.
    private let pieceDue = Atomic<Int64>(.max)
    /// Time from the request line on; set by the library's thread, read by the watch.
    private let limitInNanoseconds: Atomic<Int64>

    init(
        connection: ConnectionHandle, record: ConnectionRecord, targetStart: UnsafePointer<CChar>, targetCount: Int,
        limit: Duration
    ) {
        self.connection = connection
        self.record = record
        self.received = .now
        self.limitInNanoseconds = Atomic(limit.wholeNanoseconds)
        self.targetStart = targetStart
        self.targetCount = targetCount
        self.targetText = String(
            decoding: UnsafeRawBufferPointer(start: targetStart, count: targetCount), as: UTF8.self)
    }

    /// Puts the route's limit in the place of the server's.
    func setLimit(_ limit: Duration) {
        limitInNanoseconds.store(limit.wholeNanoseconds, ordering: .relaxed)
    }

    var deadline: ContinuousClock.Instant {
        received + .nanoseconds(limitInNanoseconds.load(ordering: .relaxed))
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

// The library's thread.
extension Exchange {
    /// A piece of a body in chunks must be there so soon.
    func awaitPiece(within limit: Duration) {
        pieceDue.store((ContinuousClock.now - received + limit).wholeNanoseconds, ordering: .relaxed)
    }

    /// No more pieces are awaited.
    func endPieces() {
        pieceDue.store(.max, ordering: .relaxed)
    }

    /// Whether the body comes in chunks, and has not ended.
    var isInChunks: Bool { pieceDue.load(ordering: .relaxed) != .max }

    /// Suspends the connection; from here the exchange is the handler's.
    func handOver() {
        wasHandedOver = true
        connection.suspend()
        state.withLock { $0.stage = .handedOver }
    }

    /// It is answered without a handler.
    func settle() {
        state.withLock { $0.stage = .answered }
    }

    /// The answer to queue, given once.
    func takeAnswer() -> PreparedResponse? {
        state.withLock { state in
            defer { state.answer = nil }
            return state.answer
        }
    }

    /// The library is done: all is sent, or the connection has ended. A stream's producer that still runs is cancelled.
    func finish() {
        state.withLock { state in
            state.task?.cancel()
            state = State(stage: .over)
        }
    }
}

// The handler's task.
extension Exchange {
    /// - Returns: whether there is still something to answer.
    func begin(_ task: TaskHandle) -> Bool {
        state.withLock { state in
            if state.stage != .handedOver { return false }
            state.task = task
            return true
        }
    }

    /// The task ends: nobody may cancel it any more.
    func end() {
        state.withLock { $0.task = nil }
    }

    /// Gives the handler's answer and wakes the connection.
    ///
    /// - Parameter response: `nil` if there is no memory for one: the connection is closed.
    /// - Returns: whether it came first: there may be one already, given in the handler's stead.
    func answer(_ response: PreparedResponse?) -> Bool {
        give(response) { state in
            state.stream = response?.stream?.writer
            // Only the producer of a stream is still to be cancelled.
            if state.stream == nil { state.task = nil }
        }
    }

    private func give(
        _ response: PreparedResponse?, if isDue: (State) -> Bool = { _ in true }, then change: (inout State) -> Void
    ) -> Bool {
        let first = state.withLock { state in
            guard state.stage == .handedOver, isDue(state) else { return false }
            state.stage = .answered
            state.answer = response
            change(&state)
            return true
        }
        if first { connection.resume() }
        return first
    }
}

// The watch.
extension Exchange {
    func isReceivingOverdue(now: ContinuousClock.Instant) -> Bool {
        now > deadline && state.withLock { $0.stage == .receiving }
    }

    /// Whether a body in chunks has brought nothing for too long.
    func isPieceOverdue(now: ContinuousClock.Instant) -> Bool {
        (now - received).wholeNanoseconds > pieceDue.load(ordering: .relaxed)
            && state.withLock { $0.stage == .receiving }
    }

    func isHandlingOverdue(now: ContinuousClock.Instant) -> Bool {
        now > deadline && isHandedOver
    }

    /// Whether no handler has begun yet.
    var isWaitingForHandler: Bool { state.withLock { $0.stage == .handedOver && $0.task == nil } }

    /// Gives an answer in the stead of a handler that has not begun: it never will.
    ///
    /// - Returns: Whether that was so.
    func answerBeforeHandler(_ response: PreparedResponse?) -> Bool {
        give(response, if: { $0.task == nil }) { _ in }
    }

    /// Gives an answer in the handler's stead, if it has given none, and cancels it.
    func answerForHandler(_ response: PreparedResponse?) {
        _ = give(response) { $0.task?.cancel() }
    }

    private var isHandedOver: Bool { state.withLock { $0.stage == .handedOver } }

    /// The writer of the streamed body that is being sent.
    var stream: ResponseStream? { state.withLock(\.stream) }

    /// The client has closed its side: nobody waits for the answer. It is still given, for a client that only closed
    /// its sending side gets it.
    func clientGone() {
        cancel()
        stream?.end(.cut(.clientGone))
    }

    /// Cancels the handler, or the producer of the stream.
    func cancel() {
        // Inside the lock: the task can't end, and its handle become invalid, before `end` has taken it away.
        state.withLock { $0.task?.cancel() }
    }
}

/// A running task that can be cancelled from outside. Valid only while the task runs, which `Exchange` sees to.
struct TaskHandle: @unchecked Sendable {
    // Sendable: `cancel` is among the functions that any thread may call on another's task.
    private let task: UnsafeCurrentTask

    init(_ task: UnsafeCurrentTask) {
        self.task = task
    }

    func cancel() {
        task.cancel()
    }
}
