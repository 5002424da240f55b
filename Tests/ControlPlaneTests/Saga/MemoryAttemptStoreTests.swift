import EventSourcing
import TestSupport
import Testing

@Suite struct MemoryAttemptStoreTests {
    @Test("The store of attempts in memory keeps the contract", arguments: AttemptStoreContract.checks)
    func contract(check: AttemptStoreContract.Check) async throws {
        let store = MemoryAttemptStore()
        let fence = LeaseFence(name: "saga", epoch: 2)
        store.grant(fence)
        try await AttemptStoreContract(store, fence: fence).run(check)
    }
}
