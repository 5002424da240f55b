import Domain

/// A run's status, in a word and a colour.
struct StatusBadge {
    /// As in `RunView.status`.
    let status: String

    var label: HTML {
        switch status {
        case "requested": "Requested"
        case "queued": "Queued"
        case "dispatching": "Dispatching"
        case "running": "Running"
        case "ending": "Ending"
        case "outcome_unknown": "Outcome unknown"
        case "succeeded": "Succeeded"
        case "failed": "Failed"
        case "cancelled": "Cancelled"
        case "timed_out": "Timed out"
        default: "\(status)"
        }
    }

    /// Whether the run goes no further by itself.
    var isEnded: Bool { RunEnding(rawValue: status) != nil }

    /// Which colours it has in the stylesheet.
    private var tone: HTML {
        switch status {
        case "succeeded": "good"
        case "failed": "bad"
        case "timed_out": "warn"
        case "outcome_unknown": "odd"
        case "dispatching", "running", "ending": "busy"
        case "requested", "queued": "wait"
        default: "calm"
        }
    }

    var html: HTML {
        #"<span class="badge \#(tone)">\#(label)</span>"#
    }
}
