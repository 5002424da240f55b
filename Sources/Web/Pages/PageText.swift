import API
import FoundationEssentials

/// How times, spans and numbers are written on pages.
enum PageText {
    /// A time that the script may show in the reader's own zone: `2026-03-04 05:06:07 UTC`.
    static func time(_ date: Date) -> HTML {
        let text = WireTime.format(date)
        return """
            <time datetime="\(text)">\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) <span class="zone">UTC</span></time>
            """
    }

    /// The time of the day alone, with milliseconds: `05:06:07.089`.
    static func clock(_ date: Date) -> HTML {
        let text = WireTime.format(date)
        return #"<time datetime="\#(text)">\#(text.dropFirst(11).prefix(12))</time>"#
    }

    /// How long something took, or has been going on: the script lets the latter tick.
    static func elapsed(from start: Date, to end: Date?, now: Date) -> HTML {
        if let end { return "\(duration(end.timeIntervalSince(start)))" }
        return """
            <span class="ticks" data-since="\(WireTime.format(start))">\(duration(now.timeIntervalSince(start)))</span>
            """
    }

    /// `0.35 s`, `12.4 s`, `3 min 07 s`, `2 h 05 min`, `4 d 03 h`.
    static func duration(_ seconds: TimeInterval) -> String {
        let milliseconds = max(0, Int((seconds * 1_000).rounded()))
        if milliseconds < 10_000 {
            return "\(milliseconds / 1_000).\(twoDigits(milliseconds % 1_000 / 10)) s"
        }
        let whole = milliseconds / 1_000
        if whole < 60 { return "\(whole).\(milliseconds % 1_000 / 100) s" }
        if whole < 3_600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
        if whole < 86_400 { return "\(whole / 3_600) h \(twoDigits(whole / 60 % 60)) min" }
        return "\(whole / 86_400) d \(twoDigits(whole / 3_600 % 24)) h"
    }

    /// With a thin space between thousands: `12 345`.
    static func count(_ value: some BinaryInteger) -> String {
        let digits = value.description
        let sign = digits.hasPrefix("-") ? "-" : ""
        let bare = Array(digits.dropFirst(sign.count))
        var grouped = ""
        for (index, digit) in bare.enumerated() {
            if index > 0, (bare.count - index) % 3 == 0 { grouped += "\u{2009}" }
            grouped.append(digit)
        }
        return sign + grouped
    }

    /// `1 row`, `2 rows`.
    static func counted(_ value: some BinaryInteger, _ one: String, _ many: String) -> String {
        "\(count(value)) \(value == 1 ? one : many)"
    }

    /// The end of an id, enough to tell neighbours apart: ids grow with time, so their beginnings are alike.
    static func shortID(_ id: some CustomStringConvertible) -> String {
        String(id.description.suffix(8))
    }

    private static func twoDigits(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
