import Domain
import FoundationEssentials

extension RunState {
    /// Whether the next step needs a place among the runs that are under way.
    var isWaitingForAdmission: Bool {
        switch phase {
        case .requested, .queued: true
        case .none, .admitted, .intended, .dispatched, .attemptFailed, .waitingToRetry, .outcomeUnknown, .ended: false
        }
    }

    /// Whether the run holds a place.
    var wasAdmitted: Bool {
        switch phase {
        case .admitted, .intended, .dispatched, .attemptFailed, .waitingToRetry: true
        case .none, .requested, .queued, .outcomeUnknown, .ended: false
        }
    }
}

extension RunProgress {
    init(_ progress: EngineProgress) {
        self.init(
            state: progress.state, percent: progress.percent.map { Int(min(max($0, 0), 100)) },
            rowsProcessed: progress.rowsProcessed, bytesProcessed: progress.bytesProcessed)
    }
}

extension JSONEncoder {
    /// The same value is the same text.
    static var canonical: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
