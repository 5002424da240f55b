import Synchronization

/// Something that happens once, and that tests and handlers wait for. Waiting is not ended by cancellation.
///
/// A gate that somebody waits at opens by itself after two minutes: a test that fails before it opens one ends, too.
actor Gate {
    private var isOpen = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    func wait() async {
        if isOpen { return }
        let limit = Task {
            try await Task.sleep(for: .seconds(120))
            open()
        }
        await withCheckedContinuation { waiters.append($0) }
        limit.cancel()
    }
}

/// Waits until the task is cancelled, then opens the gate.
func waitForCancellation(opening gate: Gate) async throws {
    do {
        try await Task.sleep(for: .seconds(600))
    } catch {
        await gate.open()
        throw error
    }
}

/// A yes or no that tasks share.
final class Flag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .sequentiallyConsistent) }

    func set() {
        state.store(true, ordering: .sequentiallyConsistent)
    }
}
