import Synchronization
import Testing

/// Something that a plan of an engine lets happen to the stage that is made with it.
final class Interruption: Sendable {
    private let work = Mutex<(@Sendable () async throws -> Void)?>(nil)

    func set(_ work: @escaping @Sendable () async throws -> Void) {
        self.work.withLock { $0 = work }
    }

    func happen() async {
        do { try await work.withLock { $0 }?() } catch { Issue.record("the interruption failed: \(error)") }
    }
}
