import Domain
import EventSourcing

/// The log of one run, with the lease of whoever drives it.
struct SimulatedLog {
    /// Another owner drives the run now.
    struct Fenced: Error {}

    private var stored: [EncodedEvent] = []
    /// Folded from what is stored, as every reader does.
    private(set) var state = RunDecider.initial
    /// The epoch of the present owner.
    private(set) var epoch: Int64 = 1

    var types: [String] { stored.map(\.type) }

    mutating func replaceOwner() {
        epoch += 1
    }

    /// Carries out a command on the newest state.
    ///
    /// - Parameter fence: The epoch of who writes; nil for people, who need no lease.
    mutating func record(_ command: RunCommand, fence: Int64?) throws -> [RunEvent] {
        let events = try RunDecider.decide(command, state)
        // As in the log: what changes nothing is not appended, and so not fenced.
        guard !events.isEmpty else { return [] }
        if let fence, fence != epoch { throw Fenced() }
        guard !RunDecider.isClosed(state) else { throw SimulationFault("an event in a stream that is closed") }
        let believed = RunDecider.fold(events, from: state)
        for event in events {
            let encoded = try RunCodec.encode(event)
            stored.append(encoded)
            state = RunDecider.evolve(state, try RunCodec.decode(encoded))
        }
        guard believed == state else { throw SimulationFault("what is read is not what was written: \(events)") }
        return events
    }

    /// The state by the whole log.
    func replayed() throws -> RunState {
        RunDecider.fold(try stored.map { try RunCodec.decode($0) })
    }
}

/// A rule that the saga did not keep.
struct SimulationFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
