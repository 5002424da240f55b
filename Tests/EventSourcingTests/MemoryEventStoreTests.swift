import EventSourcing
import Foundation
import TestSupport
import Testing

@Suite struct MemoryEventStoreTests {
    @Test("The store in memory keeps the contract", arguments: EventStoreContract.checks)
    func contract(check: EventStoreContract.Check) async throws {
        let contract = EventStoreContract(
            makeStore: { MemoryEventStore(limits: $0, now: Date.init) },
            grant: { fence, store in try #require(store as? MemoryEventStore).grant(fence) })
        try await contract.run(check)
    }
}
