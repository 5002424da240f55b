package import EventSourcing

/// Up to where a page shows what the log says: all events up to the seq, of the log of that epoch.
package struct LivePosition: Hashable, Sendable {
    package let seq: Int64
    package let epoch: StoreEpoch

    package init(seq: Int64, epoch: StoreEpoch) {
        self.seq = seq
        self.epoch = epoch
    }
}

/// What all pages have in common: head, bar and navigation.
struct Layout {
    /// The parts of the admin pages, as the navigation names them.
    enum Section: CaseIterable {
        case runs, workspaces, audit

        var title: HTML {
            switch self {
            case .runs: "Runs"
            case .workspaces: "Workspaces"
            case .audit: "Audit"
            }
        }

        var path: HTML {
            switch self {
            case .runs: "/runs"
            case .workspaces: "/workspaces"
            case .audit: "/audit"
            }
        }
    }

    /// Where a page hears of what changes.
    struct Live {
        /// What the page shows; events after it are news.
        let after: LivePosition
        /// A stream's name for the page of one thing, nil for all of a category.
        let stream: String?
        let category: String

        var path: HTML {
            let position: HTML = "after=\(after.seq)&amp;epoch=\(after.epoch.description)"
            guard let stream else { return "/api/v1/events/stream?\(position)&amp;category=\(category)" }
            return "/api/v1/events/stream?\(position)&amp;stream=\(stream)"
        }
    }

    let title: String
    let section: Section?
    var live: Live?
    /// The seq that the page is of; nil for the present.
    var asOf: Int64?
    /// What the page is a choice of, whichever time it is of.
    var filters: [(name: String, value: String)] = []

    /// The whole page.
    func page(_ main: HTML) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>\(title) · Weir</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="\(Asset.icon.path)" type="image/svg+xml">
        <link rel="stylesheet" href="\(Asset.stylesheet.path)">
        <script src="\(Asset.script.path)" defer></script>
        </head>
        <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="bar">
        <a class="brand" href="/">\(Self.mark)<span>Weir</span></a>
        <nav aria-label="Main"><ul>\(Section.allCases.map(item))</ul></nav>
        \(indicator)
        \(timeForm)
        </header>
        <main id="main"\(liveAttribute)>
        \(banner)\(asOf.map { main.carrying("as_of=\($0)") } ?? main)
        </main>
        <p class="unseen" id="announcer" role="status" aria-live="polite"></p>
        </body>
        </html>

        """
    }

    private func item(_ item: Section) -> HTML {
        let current: HTML = item == section ? #" aria-current="page""# : ""
        return #"<li><a href="\#(item.path)"\#(current)>\#(item.title)</a></li>"#
    }

    /// What the pages showed at another time.
    private var timeForm: HTML {
        // Checkpoints are evidence, not a read model: they have no other time than their own.
        if section == .audit { return "" }
        let kept = filters.map { #"<input type="hidden" name="\#($0.name)" value="\#($0.value)">"# as HTML }
        return """
            <form class="as-of" method="get">\(kept)<label><span>As of</span> <input name="as_of" size="20" autocomplete="off" \
            placeholder="seq or time in UTC" value="\(asOf.map(String.init) ?? "")"></label><button type="submit">Show</button></form>
            """
    }

    private var banner: HTML {
        guard let asOf else { return "" }
        return """
            <p class="past" role="status">This is how it was as of seq \(asOf): nothing later is shown, and nothing can be \
            changed here. <a href="?\(RunQuery.encode(filters))">Back to now</a></p>

            """
    }

    private var liveAttribute: HTML {
        guard asOf == nil, let live else { return "" }
        return #" data-live="\#(live.path)""#
    }

    /// Shown by the script alone: without it nothing is live.
    private var indicator: HTML {
        live == nil || asOf != nil
            ? "" : #"<span class="live" id="live" hidden><i aria-hidden="true"></i><span>Live</span></span>"#
    }

    private static let mark: HTML = """
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M2 7h8c3 0 3 4 6 4h6" \
        fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/><path d="M2 12h7c3 0 3 4 6 4h7" \
        fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" opacity=".6"/><path d="M2 \
        17h6c3 0 3 3 6 3h8" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" \
        opacity=".3"/></svg>
        """
}
