import Domain
import EventSourcing
import Foundation
import TestSupport
import Testing

/// The histories that other tests and the benchmarks are fed with.
struct SampleHistoryTests {
    private func events(seed: UInt64, writer: Int, packed: Int = 1, count: Int = 3_000) -> [String] {
        var shape = SampleHistory.Shape()
        shape.eventsPerRequest = packed
        return SampleHistory(seed: seed, writer: writer, shape: shape).prefix(count).flatMap { request in
            request.writes.flatMap { write in write.events.map { "\(write.stream) \($0.type) \($0.payload)" } }
        }
    }

    @Test func `The same seed gives the same history, another seed another one`() {
        let history = events(seed: 7, writer: 0)
        #expect(history == events(seed: 7, writer: 0))
        #expect(Set(history).isDisjoint(with: events(seed: 8, writer: 0)))
    }

    @Test func `Packing changes how commands are sent, not what happens in a stream`() {
        let (single, packed) = (events(seed: 7, writer: 0), events(seed: 7, writer: 0, packed: 100, count: 20))
        #expect(packed.count > 1_500)
        #expect(Set(packed).isSubset(of: single))
    }

    @Test func `A log takes the histories of several writers side by side, and every kind of run is in them`()
        async throws
    {
        let store = MemoryEventStore(now: { Date() })
        try await SampleHistory.append(20_000, to: store, writers: 3)
        var types: Set<String> = []
        var seq: Int64 = 0
        while true {
            let page = try await store.readAll(after: seq, limit: 1_000)
            guard let last = page.last else { break }
            types.formUnion(page.map(\.event.type))
            seq = last.seq
        }
        #expect(seq >= 20_000)
        let kept = Set(EventRegistry.types.filter { !$0.hasPrefix("system.") && !$0.hasPrefix("security.") })
        #expect(types == kept)
    }
}
