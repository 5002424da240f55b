/// The bytes between a stream's writer and the library, and the decisions about them: no I/O, no lock.
struct StreamBuffer {
    /// What the writer learns of the bytes it offers.
    enum Offer: Equatable {
        /// Taken; if the library's reader sleeps it must be woken now.
        case accepted(wakeReader: Bool)
        /// No room: wait until the generation has passed.
        case full(generation: Int)
        case closed(ResponseStreamError)
    }

    /// What the library's reader gets.
    enum Read: Equatable {
        case bytes(Int, wakeWriters: Bool)
        /// Nothing to send: the connection sleeps until it is woken.
        case sleep
        case end
        case cut
    }

    enum Ending: Equatable {
        /// The client gets what is left, and the end.
        case finished
        /// The client gets no more, and sees that it was not the end.
        case cut(ResponseStreamError)
    }

    /// At most as many bytes wait for the reader.
    let capacity: Int
    private var pending: [UInt8] = []
    private var offset = 0
    private var remaining: Int?
    private var readerSleeps = false
    private var ending: Ending?
    /// Rises whenever room was made.
    private(set) var generation = 0
    /// Since when a writer has waited for a reader that took nothing.
    private(set) var stalledSince: ContinuousClock.Instant?
    private(set) var lastWrite: ContinuousClock.Instant

    /// - Parameter length: the number of bytes announced, if any.
    init(capacity: Int, length: Int?, now: ContinuousClock.Instant) {
        self.capacity = capacity
        self.remaining = length
        self.lastWrite = now
    }

    var isClosed: Bool { ending != nil }
    private var count: Int { pending.count - offset }

    /// - Parameter bytes: at most `capacity` of them.
    mutating func offer(_ bytes: ArraySlice<UInt8>, now: ContinuousClock.Instant) -> Offer {
        switch ending {
        case .cut(let error): return .closed(error)
        case .finished: return .closed(.producerEnded)
        case nil: break
        }
        if let remaining, bytes.count > remaining { return .closed(.lengthMismatch) }
        if count > 0, count + bytes.count > capacity {
            if stalledSince == nil { stalledSince = now }
            return .full(generation: generation)
        }
        remaining = remaining.map { $0 - bytes.count }
        pending.append(contentsOf: bytes)
        lastWrite = now
        return .accepted(wakeReader: wake())
    }

    mutating func read(into target: UnsafeMutableRawBufferPointer) -> Read {
        if case .cut = ending { return .cut }
        let size = min(count, target.count)
        if size == 0 {
            if ending == .finished { return .end }
            readerSleeps = true
            return .sleep
        }
        pending.withUnsafeBytes {
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + size]))
        }
        offset += size
        if offset == pending.count {
            pending.removeAll(keepingCapacity: true)
            offset = 0
        } else if offset > capacity {
            pending.removeFirst(offset)
            offset = 0
        }
        guard stalledSince != nil, count <= capacity / 2 else {
            if stalledSince != nil { stalledSince = .now }
            return .bytes(size, wakeWriters: false)
        }
        stalledSince = nil
        generation += 1
        return .bytes(size, wakeWriters: true)
    }

    /// Ends the stream; only the first ending counts.
    ///
    /// - Returns: whether the library's reader must be woken.
    mutating func end(_ ending: Ending) -> Bool {
        if self.ending != nil { return false }
        self.ending = ending == .finished && (remaining ?? 0) > 0 ? .cut(.lengthMismatch) : ending
        generation += 1
        return wake()
    }

    /// Whether the writer has been silent for so long that a sign of life is due.
    func heartbeatIsDue(now: ContinuousClock.Instant, interval: Duration) -> Bool {
        ending == nil && count == 0 && now - lastWrite >= interval
    }

    private mutating func wake() -> Bool {
        defer { readerSleeps = false }
        return readerSleeps
    }
}
