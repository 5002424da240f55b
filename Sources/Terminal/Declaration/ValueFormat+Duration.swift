extension ValueFormat where Value == Duration {
    /// A length of time within bounds, such as `250ms`, `30s`, `5m` or `1h30m`.
    package static func duration(in range: ClosedRange<Duration>) -> ValueFormat {
        let bounds = "\(range.lowerBound.shortText) to \(range.upperBound.shortText)"
        return ValueFormat(placeholder: "TIME", bounds: bounds) { text throws(InvalidValue) in
            guard let value = Duration(shortText: text), range.contains(value) else {
                throw InvalidValue(expected: "a time such as 250ms, 30s, 5m or 1h30m, from \(bounds)")
            }
            return value
        } describe: {
            $0.shortText
        }
    }
}

extension Duration {
    /// The units of short texts with their milliseconds, the longest first; each may stand once, in this order.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Reads whole numbers of units, such as `1h30m`; nil for anything else.
    package init?(shortText: String) {
        var rest = shortText[...]
        var units = Self.units[...]
        var total: Int64 = 0
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let name = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard
                let number = Int64(digits),
                let unit = units.firstIndex(where: { $0.name == name })
            else { return nil }
            let (part, partOverflow) = number.multipliedReportingOverflow(by: units[unit].milliseconds)
            let (sum, sumOverflow) = total.addingReportingOverflow(part)
            guard !partOverflow, !sumOverflow else { return nil }
            total = sum
            units = units[(unit + 1)...]
            rest = rest.dropFirst(digits.count + name.count)
        } while !rest.isEmpty
        self = .milliseconds(total)
    }

    /// As `init(shortText:)` reads it; what is less than a millisecond is left out.
    package var shortText: String {
        var rest = components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
        var text = ""
        for unit in Self.units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text.isEmpty ? "0s" : text
    }
}
