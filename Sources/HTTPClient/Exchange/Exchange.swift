/// What is known of one exchange with a server, and what follows from each thing that happens to it. No I/O.
struct Exchange {
    /// How the body reaches the caller.
    enum Delivery {
        /// All at once, at most so many bytes.
        case whole(limit: Int)
        /// As it comes; when so many bytes wait for their reader, the server is slowed down.
        case streamed(window: Int)
    }

    /// What a caller can wait for. Each of them is also reached by the end.
    enum Milestone {
        case head
        case bytes
        case end
    }

    /// What libcurl is told about bytes that it hands over.
    enum Verdict {
        case taken
        /// Not taken now; they will be handed over again.
        case pause
        case stop
    }

    /// Why the exchange was stopped from this side.
    enum Stop {
        case cancelled
        case headDeadlinePassed
        case clientShutDown
        case tooManyExchanges
        case responseTooLarge(limit: Int)
        case malformedHead(HeadParser.Fault)
        /// The kept connection was closed before an answer came, and the request must not be sent again.
        case replayRefused
    }

    let repeatability: Client.Repeatability
    let delivery: Delivery
    /// Whether the request went out, or began to.
    private(set) var mayHaveBeenSent = false
    private(set) var end: Result<Void, ClientError>?
    private(set) var isPaused = false
    private var parser = HeadParser()
    private var pending: [UInt8] = []
    private(set) var stop: Stop?
    private(set) var wasAddressRefused = false

    init(_ repeatability: Client.Repeatability, delivery: Delivery) {
        self.repeatability = repeatability
        self.delivery = delivery
    }

    var head: Client.Head? { parser.head }

    func hasReached(_ milestone: Milestone) -> Bool {
        if end != nil { return true }
        return switch milestone {
        case .head: parser.head != nil
        case .bytes: !pending.isEmpty
        case .end: false
        }
    }

    // MARK: What happens

    /// There is a connection, and the request is about to go out on it.
    ///
    /// - Returns: Whether it may. libcurl comes here again by itself when a kept connection turns out to be closed.
    mutating func beginSending() -> Bool {
        if mayHaveBeenSent && repeatability == .once {
            stop = .replayRefused
            return false
        }
        mayHaveBeenSent = true
        return true
    }

    mutating func refuseAddress() {
        wasAddressRefused = true
    }

    mutating func take(headLine: UnsafeBufferPointer<UInt8>) -> Verdict {
        guard let fault = parser.take(headLine) else { return .taken }
        stop = .malformedHead(fault)
        return .stop
    }

    mutating func take(body: UnsafeBufferPointer<UInt8>) -> Verdict {
        switch delivery {
        case .whole(let limit) where pending.count + body.count > limit:
            stop = .responseTooLarge(limit: limit)
            return .stop
        case .streamed(let window) where pending.count >= window:
            isPaused = true
            return .pause
        case .whole, .streamed:
            pending.append(contentsOf: body)
            return .taken
        }
    }

    /// The exchange is over from libcurl's side; nil means that it came to its proper end.
    mutating func finish(_ failure: TransportFailure?) {
        if end == nil { end = outcome(failure) }
    }

    /// The exchange is over because this side wants no more of it.
    mutating func finish(_ stop: Stop) {
        if end == nil { end = .failure(error(for: stop)) }
    }

    // MARK: What the caller takes

    /// The bytes that wait, nil at the proper end. `resume` tells that the server was slowed down and can go on.
    mutating func takeBytes() throws(ClientError) -> (bytes: [UInt8]?, resume: Bool) {
        guard pending.isEmpty else {
            let resume = isPaused
            isPaused = false
            return (exchange(&pending, with: []), resume)
        }
        if let end { try end.get() }
        return (nil, false)
    }

    /// The whole answer, once the end is reached.
    mutating func takeResponse() throws(ClientError) -> Client.Response {
        guard let end else { preconditionFailure("a response is taken at its end") }
        try end.get()
        guard let head else { preconditionFailure("a proper end has a head") }
        return Client.Response(head: head, body: exchange(&pending, with: []))
    }
}
