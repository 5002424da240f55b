import Synchronization

/// A number that only grows; it starts at 0 with the process.
package final class Counter: MetricSeries {
    package static let kind = MetricKind.counter
    private let count = Atomic<UInt64>(0)

    package func increment(by amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    package var value: UInt64 { count.load(ordering: .relaxed) }
    package var samples: [MetricSample] { [MetricSample(Double(value))] }
}

/// A number that goes up and down.
package final class Gauge: MetricSeries {
    package static let kind = MetricKind.gauge
    private let bits = Atomic<UInt64>(Double(0).bitPattern)

    package func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    /// Adds to the number; takes away when `amount` is negative.
    package func add(_ amount: Double) {
        var known = bits.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: known) + amount
            let (exchanged, original) = bits.weakCompareExchange(
                expected: known, desired: sum.bitPattern, ordering: .relaxed)
            if exchanged { return }
            known = original
        }
    }

    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
    package var samples: [MetricSample] { [MetricSample(value)] }
}

/// A number that is read when it is asked for.
final class Reading: MetricSeries {
    static let kind = MetricKind.gauge
    private let read: @Sendable () -> Double

    init(read: @escaping @Sendable () -> Double) {
        self.read = read
    }

    var samples: [MetricSample] { [MetricSample(read())] }
}
