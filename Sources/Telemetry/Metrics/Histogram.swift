import Synchronization

/// How values spread over buckets, with their count and sum.
package final class Histogram: MetricSeries {
    package static let kind = MetricKind.histogram

    /// Bounds for answers and effects: 1 ms to 30 s.
    package static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private struct State {
        /// One for each bound, and one for what is above the last.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        precondition(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds ascend")
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    package func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    /// A length of time, in seconds.
    package func observe(_ duration: Duration) {
        observe(duration / .seconds(1))
    }

    package var samples: [MetricSample] {
        let state = state.withLock(\.self)
        var total: UInt64 = 0
        let buckets = zip(bounds + [.infinity], state.counts).map { bound, count in
            total += count
            return MetricSample(Double(total), suffix: "_bucket", label: ("le", bound.metricText))
        }
        return buckets + [MetricSample(state.sum, suffix: "_sum"), MetricSample(Double(total), suffix: "_count")]
    }
}
