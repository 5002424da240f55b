import Synchronization
import Telemetry

/// Why a process ends by itself: the first of its parts that could not go on.
final class ServerEnding: Sendable {
    private let log: Log
    private let beginStop: @Sendable () -> Void
    private let first = Mutex<(any Error)?>(nil)

    /// - Parameter beginStop: Lets the process end in good order.
    init(log: Log, beginStop: @escaping @Sendable () -> Void) {
        self.log = log
        self.beginStop = beginStop
    }

    /// Runs a part of the process. When it cannot go on, the process cannot: without its projector it would answer what
    /// has long changed.
    ///
    /// - Parameter failure: What it means when the part throws, for the log.
    func watch(_ failure: String, _ part: () async throws -> Void) async {
        do {
            try await part()
        } catch {
            // What a part says when it is stopped does not matter.
            if Task.isCancelled { return }
            log.error("stops: \(failure)", ["error": "\(error)"])
            first.withLock { $0 = $0 ?? error }
            beginStop()
        }
    }

    /// - Throws: What the first part that could not go on has thrown.
    func check() throws {
        if let error = first.withLock({ $0 }) { throw error }
    }
}
