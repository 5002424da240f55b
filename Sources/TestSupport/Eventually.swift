/// A condition that tests wait for did not come true.
package struct NeverHappened: Error, CustomStringConvertible {
    package let what: String
    package var description: String { "it never happened that \(what)" }
}

/// Returns when `condition` is true, looking every few milliseconds.
///
/// - Parameters:
///   - what: Completes “it never happened that …”.
///   - limit: How long to wait; generous, since it only ends tests that fail.
package func eventually(
    _ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}
