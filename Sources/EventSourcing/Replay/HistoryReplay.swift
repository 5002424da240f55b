/// Reads recorded histories through today's deciders. Nothing is written.
package struct HistoryReplay: Sendable {
    private let store: any EventStore
    private let makeStream: @Sendable (StreamName) -> (any ReplayingStream)?

    /// The most streams that are kept folded at a time; what is forgotten is read again when it is needed.
    private static let maximumStreams = 50_000
    private static let page = 1_000

    /// - Parameter makeStream: Nil for a stream that no decider of this program knows.
    package init(store: any EventStore, makeStream: @escaping @Sendable (StreamName) -> (any ReplayingStream)?) {
        self.store = store
        self.makeStream = makeStream
    }

    /// Which part of the log is read.
    package struct Selection: Hashable, Sendable {
        /// Nil for all.
        package var category: String?
        /// From 1.
        package var firstSeq: Int64 = 1
        /// Nil for the end of the log, as it is now.
        package var lastSeq: Int64?

        package init() {}
    }

    /// How much was read.
    package struct Tally: Hashable, Sendable {
        package var events = 0
        package var decisions = 0
        /// Decisions that today's deciders would not make so.
        package var differences = 0
        /// Events of streams that no decider of this program knows.
        package var unknown = 0

        package init() {}
    }

    /// Folds one stream.
    ///
    /// - Parameter version: How far; nil for its end. A decision of several events is taken whole or not at all.
    /// - Returns: Nil when no decider of this program knows such streams.
    package func fold(
        _ name: StreamName, through version: Int? = nil
    ) async throws -> (stream: any ReplayingStream, decisions: [ReplayedDecision])? {
        guard var stream = makeStream(name) else { return nil }
        var decisions: [ReplayedDecision] = []
        for event in try await store.readWholeStream(name) where event.version <= version ?? .max {
            decisions += stream.take(event)
        }
        return (stream, decisions)
    }

    /// Asks today's deciders about every decision of a part of the log.
    ///
    /// - Parameters:
    ///   - progress: Called after each page with the last seq that was read and the last one there is to read.
    ///   - report: Called for each decision that would not be made so, in the order of the log.
    package func judge(
        _ selection: Selection, progress: (Int64, Int64, Tally) -> Void = { _, _, _ in },
        report: (ReplayedDecision) -> Void
    ) async throws -> Tally {
        let end = min(try await store.head(), selection.lastSeq ?? .max)
        var tally = Tally()
        var streams: [StreamName: any ReplayingStream] = [:]
        var cursor = max(selection.firstSeq, 1) - 1
        while cursor < end {
            let page = try await store.readAll(after: cursor, limit: Self.page)
            guard let last = page.last else { break }
            cursor = last.seq
            for event in page where event.seq <= end {
                guard selection.category == nil || event.stream.category == selection.category else { continue }
                tally.events += 1
                guard var stream = try await takeUp(event, streams[event.stream]) else {
                    tally.unknown += 1
                    continue
                }
                for decision in stream.take(event) {
                    tally.decisions += 1
                    guard decision.verdict != .same else { continue }
                    tally.differences += 1
                    report(decision)
                }
                streams[event.stream] = stream.isClosed ? nil : stream
            }
            if streams.count > Self.maximumStreams { streams = [:] }
            progress(min(cursor, end), end, tally)
        }
        return tally
    }

    /// The stream as it was before the event.
    private func takeUp(
        _ event: EventEnvelope, _ known: (any ReplayingStream)?
    ) async throws -> (any ReplayingStream)? {
        if let known { return known }
        guard var stream = makeStream(event.stream) else { return nil }
        while stream.version < event.version - 1 {
            let page = try await store.readStream(event.stream, after: stream.version, limit: Self.page)
            guard let last = page.last, last.version > stream.version else { break }
            for earlier in page where earlier.version < event.version { _ = stream.take(earlier) }
            if last.version >= event.version { break }
        }
        return stream
    }
}
