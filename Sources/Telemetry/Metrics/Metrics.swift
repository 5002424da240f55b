import Synchronization

/// The numbers that a process tells about itself, for Prometheus to fetch.
///
/// Metrics are declared once, when the process starts; counting is a few nanoseconds.
package final class Metrics: Sendable {
    private let families = Mutex<[any MetricFamily]>([])

    package init() {}

    /// A number that only grows. By convention its name ends with `_total`.
    package func counter(_ name: String, _ help: String) -> Counter {
        counters(name, help, labels: [])[]
    }

    /// Counters of one name, parted by labels.
    ///
    /// - Parameter limit: How many there may be. What would be one more is counted under labels that say `other`.
    package func counters(_ name: String, _ help: String, labels: [String], limit: Int = 1_000) -> Family<Counter> {
        add(Family(name, help, labels: labels, limit: limit) { Counter() })
    }

    /// A number that goes up and down.
    package func gauge(_ name: String, _ help: String) -> Gauge {
        gauges(name, help, labels: [])[]
    }

    /// Gauges of one name, parted by labels.
    package func gauges(_ name: String, _ help: String, labels: [String], limit: Int = 1_000) -> Family<Gauge> {
        add(Family(name, help, labels: labels, limit: limit) { Gauge() })
    }

    /// A number that is read when it is asked for.
    ///
    /// - Parameter kind: `counter` for what only grows.
    package func reading(
        _ name: String, _ help: String, kind: MetricKind = .gauge, read: @escaping @Sendable () -> Double
    ) {
        let family = Family(name, help, labels: [], kind: kind, limit: 1) { Reading(read: read) }
        _ = add(family)[]
    }

    /// How values spread, by upper bounds of buckets.
    ///
    /// - Parameter bounds: In ascending order; one more bucket takes what is above the last.
    package func histogram(
        _ name: String, _ help: String, bounds: [Double] = Histogram.seconds
    ) -> Histogram {
        histograms(name, help, labels: [], bounds: bounds)[]
    }

    /// Histograms of one name, parted by labels.
    package func histograms(
        _ name: String, _ help: String, labels: [String], bounds: [Double] = Histogram.seconds, limit: Int = 200
    ) -> Family<Histogram> {
        add(Family(name, help, labels: labels, limit: limit) { Histogram(bounds: bounds) })
    }

    private func add<Series: MetricSeries>(_ family: Family<Series>) -> Family<Series> {
        families.withLock { families in
            precondition(!families.contains { $0.name == family.name }, "the metric \(family.name) is declared twice")
            families.append(family)
        }
        return family
    }

    /// The media type of `text`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All metrics in Prometheus' text format 0.0.4, in the order of their declaration.
    package var text: String {
        families.withLock(\.self).map(\.text).joined()
    }
}
