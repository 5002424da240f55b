import Testing

@testable import HTTPServer

@Suite struct StreamBufferTests {
    private let start = ContinuousClock.now

    private func read(_ buffer: inout StreamBuffer, _ count: Int) -> (read: StreamBuffer.Read, bytes: [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = bytes.withUnsafeMutableBytes { buffer.read(into: $0) }
        guard case .bytes(let size, _) = read else { return (read, []) }
        return (read, Array(bytes.prefix(size)))
    }

    @Test func `a reader that finds nothing sleeps, and the next write wakes it once`() {
        var buffer = StreamBuffer(capacity: 10, length: nil, now: start)
        #expect(read(&buffer, 4).read == .sleep)
        #expect(buffer.offer([1, 2], now: start) == .accepted(wakeReader: true))
        #expect(buffer.offer([3], now: start) == .accepted(wakeReader: false))
        #expect(read(&buffer, 2).bytes == [1, 2])
        #expect(read(&buffer, 2).bytes == [3])
    }

    @Test func `a full buffer makes writers wait until half of it is read`() {
        var buffer = StreamBuffer(capacity: 4, length: nil, now: start)
        #expect(buffer.offer([1, 2, 3, 4], now: start) == .accepted(wakeReader: false))
        #expect(buffer.offer([5], now: start) == .full(generation: 0))
        #expect(buffer.stalledSince == start)
        #expect(read(&buffer, 1).read == .bytes(1, wakeWriters: false))
        #expect(buffer.stalledSince.map { $0 > start } == true)
        #expect(read(&buffer, 1).read == .bytes(1, wakeWriters: true))
        #expect(buffer.generation == 1 && buffer.stalledSince == nil)
        #expect(buffer.offer([5, 6], now: start) == .accepted(wakeReader: false))
        #expect(read(&buffer, 9).bytes == [3, 4, 5, 6])
    }

    @Test func `what was written before the end is read before it`() {
        var buffer = StreamBuffer(capacity: 4, length: nil, now: start)
        _ = buffer.offer([1], now: start)
        #expect(buffer.end(.finished) == false)
        #expect(read(&buffer, 4).bytes == [1])
        #expect(read(&buffer, 4).read == .end)
        #expect(buffer.offer([2], now: start) == .closed(.producerEnded))
    }

    @Test func `a cut discards what is left and is the last word`() {
        var buffer = StreamBuffer(capacity: 4, length: nil, now: start)
        _ = read(&buffer, 1)
        #expect(buffer.end(.cut(.readerTooSlow)) == true)
        #expect(buffer.end(.finished) == false)
        #expect(read(&buffer, 4).read == .cut)
        #expect(buffer.offer([2], now: start) == .closed(.readerTooSlow))
    }

    @Test func `a body shorter or longer than announced does not end properly`() {
        var short = StreamBuffer(capacity: 4, length: 2, now: start)
        _ = short.offer([1], now: start)
        _ = short.end(.finished)
        #expect(read(&short, 4).read == .cut)
        var long = StreamBuffer(capacity: 4, length: 2, now: start)
        #expect(long.offer([1, 2, 3], now: start) == .closed(.lengthMismatch))
    }

    @Test func `a sign of life is due after silence only`() {
        var buffer = StreamBuffer(capacity: 4, length: nil, now: start)
        #expect(!buffer.heartbeatIsDue(now: start + .seconds(14), interval: .seconds(15)))
        #expect(buffer.heartbeatIsDue(now: start + .seconds(15), interval: .seconds(15)))
        _ = buffer.offer([1], now: start + .seconds(15))
        #expect(!buffer.heartbeatIsDue(now: start + .seconds(60), interval: .seconds(15)))
        _ = read(&buffer, 1)
        #expect(!buffer.heartbeatIsDue(now: start + .seconds(29), interval: .seconds(15)))
        #expect(buffer.heartbeatIsDue(now: start + .seconds(30), interval: .seconds(15)))
    }
}
