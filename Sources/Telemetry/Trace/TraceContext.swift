/// Where a request stands in a trace that goes through several services (W3C Trace Context, level 1).
package struct TraceContext: Sendable, Hashable, CustomStringConvertible {
    /// 32 hexadecimal digits that all parts of a trace share; never all zero.
    package let traceID: String
    /// 16 hexadecimal digits of this part; never all zero.
    package let spanID: String
    /// Whether the caller records the trace.
    package let isSampled: Bool

    private init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// Reads the header field `traceparent`; nil when it is not one, and a new trace is to be begun.
    ///
    /// Later versions may have more at their end, which is left aside, as the standard asks.
    package init?(traceparent text: String) {
        let parts = text.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
        guard
            parts.count >= 4, parts[0].isLowercaseHexadecimal(count: 2), parts[0] != "ff",
            parts[0] != "00" || parts.count == 4,
            parts[1].isLowercaseHexadecimal(count: 32), parts[1].contains(where: { $0 != "0" }),
            parts[2].isLowercaseHexadecimal(count: 16), parts[2].contains(where: { $0 != "0" }),
            parts[3].isLowercaseHexadecimal(count: 2), let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(traceID: String(parts[1]), spanID: String(parts[2]), isSampled: flags & 1 == 1)
    }

    /// Begins a trace.
    package static func make(
        isSampled: Bool = false, using generator: inout some RandomNumberGenerator
    ) -> TraceContext {
        let high = UInt64.random(in: 1 ... .max, using: &generator)
        let low = UInt64.random(in: 0 ... .max, using: &generator)
        return TraceContext(
            traceID: high.hexadecimal + low.hexadecimal, spanID: spanID(&generator), isSampled: isSampled)
    }

    package static func make(isSampled: Bool = false) -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        return make(isSampled: isSampled, using: &generator)
    }

    /// A part of the same trace, below this one.
    package func child(using generator: inout some RandomNumberGenerator) -> TraceContext {
        TraceContext(traceID: traceID, spanID: Self.spanID(&generator), isSampled: isSampled)
    }

    package func child() -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        return child(using: &generator)
    }

    private static func spanID(_ generator: inout some RandomNumberGenerator) -> String {
        UInt64.random(in: 1 ... .max, using: &generator).hexadecimal
    }

    /// The header field `traceparent`.
    package var description: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }
}

extension Substring {
    fileprivate func isLowercaseHexadecimal(count: Int) -> Bool {
        utf8.count == count
            && utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}

extension UInt64 {
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
