import ControlPlane
import Domain

/// What went wrong with a run, whose fault it was, and what can be done.
struct RunTrouble {
    let run: RunView

    var html: HTML {
        switch run.status {
        case "succeeded": ""
        case "outcome_unknown": unknown
        default: run.failure.map(failure) ?? ""
        }
    }

    private func failure(_ failure: RunFailure) -> HTML {
        let isFinal = StatusBadge(status: run.status).isEnded
        let title: HTML = isFinal ? "Why it failed" : "Why the last attempt failed"
        return """
            <section class="trouble" aria-labelledby="trouble-title"><h2 id="trouble-title">\(title)</h2>
            <p class="whose"><span class="tag">\(Self.whose(failure.fault))</span> <code>\(failure.code)</code>\
            \(failure.isRetryable ? #" <span class="soft">can be retried</span>"# as HTML : HTML.none)</p>
            <pre>\(failure.message)</pre></section>
            """
    }

    private var unknown: HTML {
        """
        <section class="trouble odd" aria-labelledby="trouble-title"><h2 id="trouble-title">Nobody knows how it ended</h2>
        <pre>\(run.unknownReason ?? "")</pre>
        <p>Weir starts nothing twice, so it waits for a person: look at the engine\(mark), then say how it ended with \
        <code>weir run resolve</code> or the API.</p></section>
        """
    }

    private var mark: HTML {
        run.externalID.map { " for <code>\($0)</code>" as HTML } ?? ""
    }

    static func whose(_ fault: RunFailure.Fault) -> HTML {
        switch fault {
        case .user: "The statement or its data"
        case .engine: "The engine"
        case .infrastructure: "The infrastructure"
        case .weir: "Weir"
        }
    }
}
