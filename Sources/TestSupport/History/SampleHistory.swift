import ControlPlane
package import EventSourcing
package import FoundationEssentials

/// A long and realistic history: workspaces, their connections and jobs, then runs without end, many at a time.
///
/// Every command goes through its decider, so each stream is one that Weir itself could have written. The same seed,
/// writer and shape give the same requests; the streams and names of two writers never meet. Requests must be appended
/// in order, since each expects what the ones before it left.
package struct SampleHistory: Sequence, IteratorProtocol, Sendable {
    /// How large the estate is, and how its commands are packed.
    package struct Shape: Sendable {
        package var workspaces = 4
        package var jobsPerWorkspace = 10
        /// How many runs are under way at a time.
        package var openRuns = 32
        /// The most events in one request: 1 keeps each command its own request, as Weir does; more packs commands
        /// together, to fill a log fast. At most `AppendRequest.maximumEvents`.
        package var eventsPerRequest = 1

        /// Where its clock, and with it its ids, begins.
        package var begins = Date(timeIntervalSince1970: 1_767_225_600)

        package init() {}
    }

    private let shape: Shape
    private var estate: SampleEstate
    private var runs: [SampleRun] = []
    private var writers: SampleWriter
    private var pending: SampleCommand?

    /// - Parameters:
    ///   - seed: What happens, and in which order.
    ///   - writer: Which of several histories in one log this is, from 0.
    package init(seed: UInt64, writer: Int = 0, shape: Shape = Shape()) {
        precondition((1...AppendRequest.maximumEvents).contains(shape.eventsPerRequest), "eventsPerRequest")
        precondition(shape.workspaces > 0 && shape.jobsPerWorkspace > 0 && shape.openRuns > 0, "an empty shape")
        self.shape = shape
        writers = SampleWriter(seed: seed, writer: writer, begins: shape.begins)
        estate = SampleEstate(shape: shape)
    }

    /// The next request; there always is one.
    package mutating func next() -> AppendRequest? {
        var request = AppendRequest(writes: [], metadata: writers.metadata())
        var places: [StreamName: Int] = [:]
        var count = 0
        while true {
            let command = pending ?? nextCommand()
            pending = nil
            let events = command.write.events.count
            guard count == 0 || count + events <= shape.eventsPerRequest else {
                pending = command
                return request
            }
            count += events
            request.claims += command.claims
            if let place = places[command.write.stream] {
                request.writes[place].events += command.write.events
                request.writes[place].closesStream = command.write.closesStream
            } else {
                places[command.write.stream] = request.writes.count
                request.writes.append(command.write)
            }
            if count >= shape.eventsPerRequest { return request }
        }
    }

    private mutating func nextCommand() -> SampleCommand {
        if let command = estate.prepare(&writers) { return command }
        // Now and then something other than a run.
        if Int.random(in: 0..<400, using: &writers.random) == 0 { return estate.change(&writers) }
        while runs.count < shape.openRuns { runs.append(SampleRun(estate.request(&writers), &writers)) }
        let place = Int.random(in: 0..<runs.count, using: &writers.random)
        let command = runs[place].next()
        if runs[place].isOver { runs.remove(at: place) }
        return command
    }
}

/// One command's effect on one stream.
struct SampleCommand: Sendable {
    let write: StreamWrite
    let claims: [ClaimChange]
}

/// A stream as its decider leaves it.
struct SampleStream<D: Decider>: Sendable {
    let id: String
    private(set) var state = D.initial
    private(set) var version = 0

    init(id: String) {
        self.id = id
    }

    var isClosed: Bool { D.isClosed(state) }

    /// - Returns: What the command comes to; the history is made so that each comes to something.
    mutating func carryOut(_ command: D.Command) -> SampleCommand {
        let stream = StreamName(category: D.Codec.category, id: id)
        var claims: [ClaimChange] = []
        var encoded: [EncodedEvent] = []
        let before = version
        do {
            for event in try D.decide(command, state) {
                claims += D.claims(of: event, state, stream: stream)
                state = D.evolve(state, event)
                encoded.append(try D.Codec.encode(event))
            }
        } catch {
            preconditionFailure("the sample history is at odds with its decider: \(error)")
        }
        precondition(!encoded.isEmpty, "the sample history repeats a command: \(command)")
        version += encoded.count
        return SampleCommand(
            write: StreamWrite(stream: stream, expected: .exactly(before), events: encoded, closesStream: isClosed),
            claims: claims)
    }
}
