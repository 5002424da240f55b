import Testing

@testable import HTTPClient

@Suite("An exchange, without a network")
struct ExchangeTests {
    private let timeout = TransportFailure(kind: .deadlinePassed, detail: "")

    private func error(_ exchange: Exchange) -> ClientError? {
        guard case .failure(let error) = exchange.end else { return nil }
        return error
    }

    @Test("the same failure means not sent before sending, and unknown from then on")
    func sentOrNot() {
        var before = Exchange(.once, delivery: .whole(limit: 10))
        before.finish(timeout)
        #expect(error(before) == .notSent(timeout))
        var after = Exchange(.once, delivery: .whole(limit: 10))
        let mayBegin = after.beginSending()
        #expect(mayBegin)
        after.finish(timeout)
        #expect(error(after) == .outcomeUnknown(timeout))
    }

    @Test("a failed second connection does not make a sent request an unsent one")
    func secondConnectionFails() {
        var exchange = Exchange(.replayable, delivery: .whole(limit: 10))
        _ = exchange.beginSending()
        let refused = TransportFailure(kind: .connectionFailed, detail: "")
        exchange.finish(refused)
        #expect(error(exchange) == .outcomeUnknown(refused))
    }

    @Test("sending begins once, or as often as it takes where it may be repeated")
    func begins() {
        var once = Exchange(.once, delivery: .whole(limit: 10))
        var replayable = Exchange(.replayable, delivery: .whole(limit: 10))
        let begun = [once.beginSending(), once.beginSending(), replayable.beginSending(), replayable.beginSending()]
        #expect(begun == [true, false, true, true])
    }

    @Test("its first end is its only one")
    func firstEnd() {
        var exchange = Exchange(.once, delivery: .whole(limit: 10))
        exchange.finish(.cancelled)
        exchange.finish(timeout)
        exchange.finish(.clientShutDown)
        #expect(error(exchange) == .cancelled(mayHaveBeenSent: false))
    }

    @Test("bytes beyond the window are not taken until the reader has taken some")
    func window() throws {
        var exchange = Exchange(.replayable, delivery: .streamed(window: 4))
        let piece = Array("abc".utf8)
        let verdicts = (0..<3).map { _ in piece.withUnsafeBufferPointer { exchange.take(body: $0) } }
        #expect(verdicts == [.taken, .taken, .pause])
        let taken = try exchange.takeBytes()
        #expect(taken.bytes == Array("abcabc".utf8))
        #expect(taken.resume)
        #expect(!exchange.hasReached(.bytes))
    }
}

@Suite("Lines")
struct LineSplitterTests {
    @Test("are the same however the bytes are cut", arguments: 1...12)
    func cuts(size: Int) throws {
        let bytes = Array("one\r\n\ntwo\nthré\r\nrest".utf8)
        var splitter = LineSplitter(limit: 10)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            splitter.add(Array(bytes[start..<min(start + size, bytes.count)]))
            while let line = try splitter.next() { lines.append(line) }
        }
        #expect(lines == ["one", "", "two", "thré"])
        #expect(splitter.rest() == "rest")
        #expect(splitter.rest() == nil)
    }
}
