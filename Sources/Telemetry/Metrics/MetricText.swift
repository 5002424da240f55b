extension String {
    var isMetricName: Bool { isName { $0 == ":" } }
    var isLabelName: Bool { isName { _ in false } && !hasPrefix("__") && self != "le" }

    private func isName(also allowed: (Character) -> Bool) -> Bool {
        guard let first, !first.isNumber else { return false }
        return allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") || allowed($0) }
    }

    /// Backslash and line feed escaped, as help texts need it.
    var escapedHelp: String { escaped(["\\": "\\\\", "\n": "\\n"]) }

    /// Backslash, line feed and quotation mark escaped, as labels' values need it.
    var escapedLabel: String { escaped(["\\": "\\\\", "\n": "\\n", "\"": "\\\""]) }

    private func escaped(_ escapes: [Unicode.Scalar: String]) -> String {
        guard unicodeScalars.contains(where: { escapes[$0] != nil }) else { return self }
        return unicodeScalars.map { escapes[$0] ?? String($0) }.joined()
    }
}

extension Double {
    /// As the text format writes numbers.
    var metricText: String {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Inf" : "+Inf" }
        // Counters are read by people, too.
        return self == rounded() && magnitude < 1e15 ? "\(Int64(self))" : "\(self)"
    }
}
