import Synchronization

/// Bounds how many of something are under way at a time.
final class Slots: Sendable {
    /// One of them. It is free again when nobody holds it any more, in whichever way what it was taken for ends.
    final class Slot: Sendable {
        private let slots: Slots

        fileprivate init(_ slots: Slots) {
            self.slots = slots
        }

        deinit {
            slots.taken.withLock { $0 -= 1 }
        }
    }

    private let taken = Mutex(0)
    private let limit: Int

    init(_ limit: Int) {
        self.limit = limit
    }

    /// - Returns: Nil while all are taken.
    func take() -> Slot? {
        let isFree = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        return isFree ? Slot(self) : nil
    }
}
