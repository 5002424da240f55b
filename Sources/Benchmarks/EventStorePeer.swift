import EventSourcing
import Foundation

/// Another event store on the same server: PyPI's `eventsourcing`, by the program tools/peers/eventsourcing_peer.py.
struct EventStorePeer {
    /// Events a second.
    struct Figures: Decodable {
        /// By how many events are handed over in one call.
        let insert: [String: Double]
        let read: Double
    }

    private struct Question: Encodable {
        let url: String
        let payload: String
        let seconds: Int
        let sizes: [Int]
    }

    private let python: String
    private let administratorURL: String

    init(python: String, administratorURL: String) {
        self.python = python
        self.administratorURL = administratorURL
    }

    /// Measures each for so many seconds, with events of the same bytes as ours.
    func measure(sizes: [Int], seconds: Int) throws -> Figures {
        let question = Question(
            url: administratorURL, payload: SampleEvent.make().event.payload, seconds: seconds, sizes: sizes)
        let answer = try Subprocess.output(
            [python, "tools/peers/eventsourcing_peer.py"], input: try JSONEncoder().encode(question))
        return try JSONDecoder().decode(Figures.self, from: Data(answer.utf8))
    }
}
