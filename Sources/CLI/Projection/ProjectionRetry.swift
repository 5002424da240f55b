import ControlPlane
import Persistence
import Terminal

/// Has parked events tried again.
enum ProjectionRetry {
    private static let stream = Option(
        "stream", .text, placeholder: "STREAM", summary: "only this one, such as run-0192…; all when left out")

    private struct Outcome: Encodable {
        let projection: String
        let retried: Int
        let stillParked: [String]

        enum CodingKeys: String, CodingKey {
            case projection, retried
            case stillParked = "still_parked"
        }
    }

    static let command = Command(
        "retry", summary: "take parked events in, when what made them fail is mended",
        discussion: "Done by the process that projects; by this one when none does. Exit code 1 when some still fail.",
        parameters: [ProjectionCommand.name, stream] + ProjectionSession.options
    ) { arguments, console in
        let session = try ProjectionSession(arguments, console)
        let (name, only) = (arguments[ProjectionCommand.name], arguments[stream])
        var still: [ParkedStream] = []
        try await session.whileProjecting {
            let count = try await session.store.askRetry(of: name, stream: only)
            let line = ProgressLine(console)
            while true {
                let asked = try await session.store.countAsked(of: name)
                if asked == 0 { break }
                line.show("\(name): \(count - asked) of \(count) streams tried")
                try await Task.sleep(for: ProjectionSession.interval)
            }
            line.end()
            still = try await session.store.parkedStreams(of: name).filter { only == nil || $0.stream == only }
            let outcome = Outcome(projection: name, retried: count, stillParked: still.map(\.stream))
            try session.show(outcome) {
                Table(
                    ["NAME", .init("TRIED", alignment: .right), .init("STILL PARKED", alignment: .right)],
                    rows: [[name, "\(count)", "\(still.count)"]])
            }
        }
        guard let first = still.first else { return }
        throw ProjectionTrouble(
            "\(first.stream) still fails at seq \(first.seq) (\(first.eventType)): \(first.message) [\(first.sqlState)]"
        )
    }
}
