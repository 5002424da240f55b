/// Goes through events where that holds up nobody: some at once, many on Swift's pool, since the caller may be on a thread
/// that others wait for.
package func computing<Value>(
    over count: Int, _ bytes: @autoclosure () -> Int, _ work: () throws -> Value
) async throws -> Value {
    if count <= someEvents, bytes() <= someBytes { return try work() }
    return try await withTaskExecutorPreference(globalConcurrentExecutor) { try work() }
}

/// What is decoded in well under a millisecond.
private let someEvents = 50
private let someBytes = 64 << 10

extension Collection<EventEnvelope> {
    /// How long the payloads are together, in UTF-8 bytes.
    package var payloadBytes: Int { reduce(0) { $0 + $1.event.payload.utf8.count } }
}
