import ControlPlane
import Persistence
import Terminal

/// Makes read models anew, and switches readers to them.
enum ProjectionRebuild {
    private static let acceptsDifference = Flag(
        "accept-difference", summary: "switch readers also when the rows are different")

    static let command = Command(
        "rebuild", summary: "make a read model anew from the log, beside the one that readers see, and switch",
        discussion: """
            Done by the process that projects; by this one when none does. Before the switch both are compared at one seq; \
            when their rows differ, readers are not switched: “weir projection diff” shows the rows, and “weir projection \
            switch” switches nevertheless.
            """,
        parameters: [ProjectionCommand.optionalName, acceptsDifference] + ProjectionSession.options
    ) { arguments, console in
        let session = try ProjectionSession(arguments, console)
        let names = try await session.names(arguments[ProjectionCommand.optionalName])
        try await session.whileProjecting {
            var building: [ProjectionGeneration] = []
            for name in names { building.append(try await session.store.beginRebuild(name)) }
            let done = try await wait(for: building, session, accepts: arguments[acceptsDifference])
            try show(done, session)
        }
    }

    static let accept = Command(
        "switch", summary: "switch readers to a generation although it differs from the one that they see",
        parameters: [ProjectionCommand.name] + ProjectionSession.options
    ) { arguments, console in
        let session = try ProjectionSession(arguments, console)
        let name = arguments[ProjectionCommand.name]
        try await session.whileProjecting {
            guard let accepted = try await session.store.acceptDifference(name) else {
                throw ProjectionTrouble("no generation of \(name) waits to be switched to; see “weir projection list”")
            }
            try show(try await wait(for: [accepted], session, accepts: true), session)
        }
    }

    private struct Done: Encodable {
        let name: String
        let generation: Int
        let seq: Int64
        let seconds: Double
        let rate: Int64

        enum CodingKeys: String, CodingKey {
            case name, generation, seq, seconds
            case rate = "events_per_second"
        }
    }

    private static func show(_ done: [Done], _ session: ProjectionSession) throws {
        try session.show(done) {
            Table(
                [
                    "NAME", .init("GENERATION", alignment: .right), .init("SEQ", alignment: .right),
                    .init("SECONDS", alignment: .right), .init("EVENTS/S", alignment: .right),
                ],
                rows: done.map {
                    let tenths = Int($0.seconds * 10)
                    return [$0.name, "\($0.generation)", "\($0.seq)", "\(tenths / 10).\(tenths % 10)", "\($0.rate)"]
                })
        }
    }

    private static func wait(
        for building: [ProjectionGeneration], _ session: ProjectionSession, accepts: Bool
    ) async throws -> [Done] {
        let line = ProgressLine(session.console)
        defer { line.end() }
        let clock = ContinuousClock()
        let (start, rate) = (clock.now, WorkRate(from: building.map(\.cursor).min() ?? 0))
        var (done, differing, waiting): ([Done], [ProjectionGeneration], [ProjectionGeneration]) = ([], [], building)
        while !waiting.isEmpty {
            let generations = try await session.store.generations()
            var left: [ProjectionGeneration] = []
            for wanted in waiting {
                let now = generations.first { $0.name == wanted.name && $0.generation == wanted.generation }
                guard let now, now.state != .retired else {
                    throw ProjectionTrouble("another rebuild of \(wanted.name) has taken its place")
                }
                if now.isLive {
                    let seconds = (clock.now - start) / .seconds(1)
                    done.append(
                        Done(
                            name: now.name, generation: now.generation, seq: now.cursor, seconds: seconds,
                            rate: rate.rate(at: now.cursor)))
                } else if now.state == .differs, !accepts {
                    differing.append(now)
                } else {
                    if now.state == .differs, !now.isAccepted { _ = try await session.store.acceptDifference(now.name) }
                    left.append(now)
                }
            }
            waiting = left
            guard let slowest = waiting.min(by: { $0.cursor < $1.cursor }) else { break }
            let failure = slowest.failure.map { "; it fails: \($0)" } ?? ""
            line.show("\(slowest.name): \(rate.text(at: slowest.cursor, of: try await session.log.head()))\(failure)")
            try await Task.sleep(for: ProjectionSession.interval)
        }
        guard differing.isEmpty else {
            line.end()
            try show(done, session)
            throw ProjectionTrouble(
                differing.map {
                    "\($0.name): readers were not switched: generation \($0.generation) differs from the one that they see at "
                        + "seq \($0.comparedSeq ?? 0): \($0.difference ?? "")"
                }.joined(separator: "\n"))
        }
        return done
    }
}
