import Synchronization

/// What kind of number a metric is, in Prometheus' words.
package enum MetricKind: String, Sendable {
    case counter
    case gauge
    case histogram
}

/// One number, or one spread of numbers, of a metric.
package protocol MetricSeries: Sendable {
    static var kind: MetricKind { get }

    /// The series' lines: a suffix of the metric's name, a further label, and the value.
    var samples: [MetricSample] { get }
}

/// One line of the text format.
package struct MetricSample: Sendable {
    let suffix: String
    let label: (name: String, value: String)?
    let value: Double

    init(_ value: Double, suffix: String = "", label: (name: String, value: String)? = nil) {
        self.suffix = suffix
        self.label = label
        self.value = value
    }
}

/// A metric as the registry sees it.
protocol MetricFamily: Sendable {
    var name: String { get }
    var text: String { get }
}

/// The series of one metric, by the values of its labels.
package final class Family<Series: MetricSeries>: MetricFamily {
    let name: String
    private let help: String
    private let kind: MetricKind
    private let labels: [String]
    private let limit: Int
    private let make: @Sendable () -> Series
    private let series = Mutex<[[String]: Series]>([:])

    init(
        _ name: String, _ help: String, labels: [String], kind: MetricKind = Series.kind, limit: Int,
        make: @escaping @Sendable () -> Series
    ) {
        precondition(name.isMetricName, "\(name) is no metric's name")
        precondition(labels.allSatisfy(\.isLabelName), "a label of \(name) has no label's name")
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.limit = limit
        self.make = make
    }

    /// The series with these values of the labels, in the order of their declaration.
    ///
    /// Values must come from a small set, never from what a client sends: each makes a series that stays for the life
    /// of the process. Beyond the family's limit there is one series for all others.
    package subscript(_ values: String...) -> Series {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        return series.withLock { series in
            if let known = series[values] { return known }
            let key = series.count < limit ? values : labels.map { _ in "other" }
            if let known = series[key] { return known }
            let made = make()
            series[key] = made
            return made
        }
    }

    var text: String {
        let series = series.withLock(\.self).sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var text = "# HELP \(name) \(help.escapedHelp)\n# TYPE \(name) \(kind.rawValue)\n"
        for (values, series) in series {
            let own = zip(labels, values).map { (name: $0, value: $1) }
            for sample in series.samples {
                let all = own + (sample.label.map { [$0] } ?? [])
                let pairs = all.map { "\($0.name)=\"\($0.value.escapedLabel)\"" }.joined(separator: ",")
                text += "\(name)\(sample.suffix)\(pairs.isEmpty ? "" : "{\(pairs)}") \(sample.value.metricText)\n"
            }
        }
        return text
    }
}
