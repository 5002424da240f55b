package import EventSourcing

/// What every event store keeps: the promises of the port's doc comments, as checks that run against any of them.
///
/// A test runs each check as a case of its own:
///
///     @Test("The store keeps the contract", arguments: EventStoreContract.checks)
///     func contract(check: EventStoreContract.Check) async throws { try await makeContract().run(check) }
package struct EventStoreContract: Sendable {
    /// One promise, put to the test.
    package struct Check: Sendable, CustomStringConvertible {
        /// The promise as a sentence.
        package let description: String
        let limits: EventStoreLimits
        let body: @Sendable (ContractLog) async throws -> Void

        init(
            _ description: String, limits: EventStoreLimits = EventStoreLimits(),
            _ body: @escaping @Sendable (ContractLog) async throws -> Void
        ) {
            self.description = description
            self.limits = limits
            self.body = body
        }
    }

    private let makeStore: @Sendable (EventStoreLimits) async throws -> any EventStore
    private let grant: @Sendable (LeaseFence, any EventStore) async throws -> Void

    /// - Parameters:
    ///   - makeStore: Makes a store of these limits that holds nothing; called once for each check.
    ///   - grant: Makes a fence the valid one for its name in the store that was made, whatever was valid before.
    package init(
        makeStore: @escaping @Sendable (EventStoreLimits) async throws -> any EventStore,
        grant: @escaping @Sendable (LeaseFence, any EventStore) async throws -> Void
    ) {
        self.makeStore = makeStore
        self.grant = grant
    }

    /// Every promise there is.
    package static let checks =
        appendChecks + versionChecks + claimChecks + idempotencyChecks + fenceChecks + refusalChecks + textChecks
        + readingChecks + waitingChecks + boundChecks + lengthChecks + expiryChecks + concurrencyChecks

    /// Runs one check on a new store. What is not kept is recorded as an issue of the current test.
    package func run(_ check: Check) async throws {
        try await check.body(ContractLog(store: try await makeStore(check.limits), grant: grant))
    }
}
