package import FoundationEssentials

/// Times as the API writes them: `2026-03-04T05:06:07.000089Z` (RFC 3339).
package enum WireTime {
    package static func format(_ date: Date) -> String {
        let micros = Int((date.timeIntervalSince1970 * 1_000_000).rounded())
        let seconds = floorDivide(micros, 1_000_000)
        let days = floorDivide(seconds, 86_400)
        let (year, month, day) = civil(days)
        let time = seconds - days * 86_400
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(time / 3_600, 2)):"
            + "\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2)).\(padded(micros - seconds * 1_000_000, 6))Z"
    }

    /// Nil when the text is no RFC 3339 time in UTC.
    package static func parse(_ text: String) -> Date? {
        guard text.hasSuffix("Z") else { return nil }
        let whole = text.dropLast().prefix { $0 != "." }
        guard let date = try? Date.ISO8601FormatStyle().parse(whole + "Z") else { return nil }
        let fraction = text.dropLast().dropFirst(whole.count)
        guard !fraction.isEmpty else { return date }
        guard let rest = Double("0" + fraction) else { return nil }
        return date + rest
    }

    /// The Gregorian date of a day counted from 1970-01-01.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        // Counted from 1 March of year 0, so that the leap day is the last of its year and 400 years are one era.
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}
