import FoundationEssentials

extension RunTimeline {
    /// The spans as rows, each with a bar on one scale from the first event to the last, or to `now`.
    func html(now: Date) -> HTML {
        guard let start, !spans.isEmpty else { return "" }
        let scale = Scale(start: start, end: end ?? max(now, spans.map(\.start).max() ?? now))
        return """
            <div class="scroll"><table class="spans">
            <caption class="unseen">What the run did, and how long each step took</caption>
            <thead><tr><th scope="col">Step</th><th scope="col">From</th><th scope="col" class="wide">Time</th>\
            <th scope="col" class="n">Took</th></tr></thead>
            <tbody>
            \(spans.map { row($0, scale, now: now) })
            </tbody></table></div>
            """
    }

    private func row(_ span: Span, _ scale: Scale, now: Date) -> HTML {
        let attempt: HTML = span.attempt.map { #" <span class="soft">attempt \#($0)</span>"# } ?? ""
        let note: HTML = span.note.map { #"<span class="note">\#($0.prefix(200))</span>"# } ?? ""
        return """
            <tr><th scope="row">\(span.title)\(attempt)\(note)</th><td>\(PageText.clock(span.start))</td>\
            <td class="wide">\(scale.bar(span, now: now))</td>\
            <td class="n">\(PageText.elapsed(from: span.start, to: span.end, now: now))</td></tr>

            """
    }

    /// Times on a line of 1,000 units.
    private struct Scale {
        let start: Date
        let end: Date

        /// A picture for the eye; the numbers beside it say the same.
        func bar(_ span: Span, now: Date) -> HTML {
            let left = min(position(span.start), 994)
            let width = max(6, position(span.end ?? max(now, span.start)) - left)
            let open: HTML = span.end == nil ? " open" : ""
            return """
                <svg class="span" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">\
                <rect class="track" x="0" y="4" width="1000" height="2"/>\
                <rect class="\(span.kind.rawValue)\(open)" x="\(left)" y="0" width="\(width)" height="10"/></svg>
                """
        }

        private func position(_ time: Date) -> Int {
            let whole = end.timeIntervalSince(start)
            guard whole > 0 else { return 0 }
            return Int((min(1, max(0, time.timeIntervalSince(start) / whole)) * 1_000).rounded())
        }
    }
}
