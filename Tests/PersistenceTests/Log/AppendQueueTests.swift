import EventSourcing
import Testing

@testable import Persistence

private final class Line: Sendable {}

/// The queue behind a reference, as expectations take it.
private final class QueueUnderTest {
    private var queue: AppendQueue<Line>

    init(_ limits: AppendQueueLimits) { queue = AppendQueue(limits: limits) }

    func add(_ entry: AppendEntry) -> Bool { queue.add(entry) }
    func nextBatch() -> [AppendEntry]? { queue.nextBatch()?.entries }
    func nextBatch(now: ContinuousClock.Instant) -> [AppendEntry]? { queue.nextBatch(now: now)?.entries }
    func batchEnded() { queue.batchEnded() }
    func expectCompany(after count: Int, now: ContinuousClock.Instant) -> Duration? {
        queue.expectCompany(after: count, now: now)
    }
    @discardableResult func connected(_ line: Line) -> Bool { queue.connected(line) }
    func disconnected(_ line: Line) { queue.disconnected(line) }
    @discardableResult func putBack(_ entries: [AppendEntry]) -> Bool { queue.putBack(entries) }
    func beginConnecting() -> Bool { queue.beginConnecting() }
    func giveUp() -> [AppendEntry] { queue.giveUp() }
    func close() -> (entries: [AppendEntry], connection: Line?) { queue.close() }
}

/// When batches are sent, and how large they are: the queue as a value.
@Suite struct AppendQueueTests {
    private let line = Line()

    private func makeQueue(_ limits: AppendQueueLimits = AppendQueueLimits()) -> QueueUnderTest {
        let queue = QueueUnderTest(limits)
        queue.connected(line)
        return queue
    }

    private func entry(_ id: String = "a", bytes: Int = 0, alone: Bool = false) throws -> AppendEntry {
        AppendEntry(
            request: try EncodedRequest(TestLog.request(id, bytes: bytes)), completion: { _ in }, goesAlone: alone)
    }

    private func ids(_ batch: [AppendEntry]?) -> [String]? {
        batch?.map { $0.request.request.writes[0].stream.id }
    }

    @Test func `one request does not wait for company`() throws {
        let queue = makeQueue()
        #expect(queue.nextBatch() == nil)
        #expect(queue.add(try entry("a")))
        #expect(ids(queue.nextBatch()) == ["a"])
        #expect(queue.nextBatch() == nil)
    }

    @Test func `what comes while a batch is on its way makes the next one, all of it, when that is answered`() throws {
        let queue = makeQueue()
        for id in ["a", "b", "c", "d"] {
            #expect(queue.add(try entry(id)))
            if id == "a" { #expect(ids(queue.nextBatch()) == ["a"]) }
        }
        #expect(queue.nextBatch() == nil)
        queue.batchEnded()
        #expect(ids(queue.nextBatch()) == ["b", "c", "d"])
    }

    @Test func `those who were answered together are waited for, half of them, and not for long`() throws {
        var limits = AppendQueueLimits()
        limits.company = 4
        limits.spacing = .zero
        let queue = makeQueue(limits)
        let now = ContinuousClock.now
        #expect(queue.expectCompany(after: 3, now: now) == nil, "few have no company")
        #expect(queue.expectCompany(after: 4, now: now) == limits.patience)
        #expect(queue.add(try entry("a")))
        #expect(queue.nextBatch(now: now) == nil)
        #expect(queue.add(try entry("b")))
        #expect(ids(queue.nextBatch(now: now)) == ["a", "b"])
        queue.batchEnded()

        #expect(queue.expectCompany(after: 4, now: now) == limits.patience)
        #expect(queue.add(try entry("c")))
        #expect(queue.nextBatch(now: now) == nil)
        #expect(ids(queue.nextBatch(now: now + limits.patience)) == ["c"])
        queue.batchEnded()

        for id in ["d", "e"] { #expect(queue.add(try entry(id))) }
        let later = now + limits.patience
        #expect(queue.expectCompany(after: 4, now: later) == nil, "as many are there already")
        #expect(ids(queue.nextBatch(now: later)) == ["d", "e"])
    }

    @Test func `after a batch of several the next one waits a moment, until all are there who may come`() throws {
        let limits = AppendQueueLimits()
        let queue = makeQueue()
        let sent = ContinuousClock.now
        let answered = sent + limits.spacing / 2
        for id in ["a", "b", "c"] { #expect(queue.add(try entry(id))) }
        #expect(queue.nextBatch(now: sent)?.count == 3)
        #expect(queue.add(try entry("d")))
        queue.batchEnded()
        #expect(queue.expectCompany(after: 3, now: answered) == limits.spacing / 2)
        for id in ["a", "b"] { #expect(queue.add(try entry(id))) }
        #expect(queue.nextBatch(now: answered) == nil)
        #expect(queue.add(try entry("c")))
        #expect(ids(queue.nextBatch(now: answered)) == ["d", "a", "b", "c"])
        queue.batchEnded()

        #expect(queue.expectCompany(after: 4, now: answered) == limits.spacing)
        #expect(queue.add(try entry("e")))
        #expect(queue.nextBatch(now: answered) == nil)
        #expect(ids(queue.nextBatch(now: answered + limits.spacing)) == ["e"])
        queue.batchEnded()

        let late = answered + limits.spacing
        #expect(queue.expectCompany(after: 2, now: late) == nil, "two are no company")
        #expect(queue.expectCompany(after: 4, now: late + limits.spacing) == nil, "the batch took as long as that")
    }

    @Test func `as many as are company do not wait for the rest who may come`() throws {
        var limits = AppendQueueLimits()
        limits.company = 4
        let queue = makeQueue(limits)
        let sent = ContinuousClock.now
        for id in ["a", "b", "c", "d", "e"] { #expect(queue.add(try entry(id))) }
        #expect(queue.nextBatch(now: sent)?.count == 5)
        queue.batchEnded()
        #expect(queue.expectCompany(after: 5, now: sent) == limits.spacing)
        for id in ["f", "g", "h"] { #expect(queue.add(try entry(id))) }
        #expect(queue.nextBatch(now: sent) == nil)
        #expect(queue.add(try entry("i")))
        #expect(ids(queue.nextBatch(now: sent)) == ["f", "g", "h", "i"])
        queue.batchEnded()

        for id in ["a", "b", "c", "d"] { #expect(queue.add(try entry(id))) }
        #expect(queue.expectCompany(after: 4, now: sent) == nil, "nobody is waited for")
        #expect(ids(queue.nextBatch(now: sent)) == ["a", "b", "c", "d"])
    }

    @Test func `a batch follows another that is not answered only when it is worth a commit of its own`() throws {
        var limits = AppendQueueLimits()
        limits.worthFollowing = 3
        let queue = makeQueue(limits)
        #expect(queue.add(try entry()))
        #expect(queue.nextBatch() != nil)
        for _ in 0..<2 { #expect(queue.add(try entry())) }
        #expect(queue.nextBatch() == nil)
        #expect(queue.add(try entry()))
        #expect(queue.nextBatch()?.count == 3)
        for _ in 0..<10 { #expect(queue.add(try entry())) }
        #expect(queue.nextBatch() == nil, "as many are on their way as may")
        queue.batchEnded()
        #expect(queue.nextBatch()?.count == 10)
    }

    @Test func `a batch grows with what waits, up to its bounds in number and in bytes`() throws {
        var limits = AppendQueueLimits()
        limits.batch = 4
        limits.batchBytes = 2_500
        let queue = makeQueue(limits)
        for number in 0..<6 { #expect(queue.add(try entry("\(number)"))) }
        #expect(ids(queue.nextBatch()) == ["0", "1", "2", "3"])
        queue.batchEnded()
        #expect(ids(queue.nextBatch()) == ["4", "5"])
        queue.batchEnded()
        for number in 0..<4 { #expect(queue.add(try entry("\(number)", bytes: 1_000))) }
        #expect(ids(queue.nextBatch()) == ["0", "1"])
        queue.batchEnded()
        #expect(ids(queue.nextBatch()) == ["2", "3"])
        queue.batchEnded()
        #expect(queue.add(try entry("large", bytes: 10_000)))
        #expect(queue.add(try entry("next")))
        #expect(ids(queue.nextBatch()) == ["large"], "a request that is larger than a batch goes by itself")
    }

    @Test func `no more wait than may, in number and in bytes`() throws {
        var limits = AppendQueueLimits()
        limits.waiting = 2
        limits.waitingBytes = 3_000
        let queue = makeQueue(limits)
        #expect(queue.add(try entry(bytes: 1_000)))
        #expect(!queue.add(try entry(bytes: 2_500)))
        #expect(queue.add(try entry(bytes: 1_000)))
        #expect(!queue.add(try entry()))
        #expect(queue.nextBatch()?.count == 2)
        #expect(queue.add(try entry(bytes: 2_500)))
    }

    @Test func `what is to go alone goes alone, in its place`() throws {
        let queue = makeQueue()
        for (id, alone) in [("a", false), ("b", true), ("c", true), ("d", false), ("e", false)] {
            #expect(queue.add(try entry(id, alone: alone)))
        }
        for expected in [["a"], ["b"], ["c"], ["d", "e"]] {
            #expect(ids(queue.nextBatch()) == expected)
            queue.batchEnded()
        }
    }

    @Test func `what is put back is sent first, in its order`() throws {
        let queue = makeQueue()
        #expect(queue.add(try entry("a")))
        #expect(queue.add(try entry("b")))
        let sent = try #require(queue.nextBatch())
        #expect(queue.add(try entry("c")))
        queue.batchEnded()
        queue.disconnected(line)
        queue.putBack(sent)
        #expect(queue.nextBatch() == nil, "nobody is connected")
        #expect(queue.beginConnecting())
        #expect(!queue.beginConnecting(), "somebody connects already")
        queue.connected(line)
        #expect(ids(queue.nextBatch()) == ["a", "b", "c"])
    }

    @Test func `a closed queue takes back neither requests nor a connection`() throws {
        let queue = makeQueue()
        #expect(queue.add(try entry("a")))
        let sent = try #require(queue.nextBatch())
        #expect(queue.close().entries.isEmpty)
        #expect(!queue.putBack(sent), "whoever waits for them must be told")
        #expect(!queue.connected(line), "it must be closed")
        #expect(queue.nextBatch() == nil)
    }

    @Test func `when no connection can be made all who wait are told, and the next one tries again`() throws {
        let queue = QueueUnderTest(AppendQueueLimits())
        #expect(!queue.beginConnecting(), "nobody waits")
        #expect(queue.add(try entry("a")))
        #expect(queue.beginConnecting())
        #expect(queue.giveUp().count == 1)
        #expect(queue.add(try entry("b")))
        #expect(queue.beginConnecting())
        let (waiting, connection) = queue.close()
        #expect(waiting.count == 1)
        #expect(connection == nil)
        #expect(!queue.add(try entry("c")))
    }
}
