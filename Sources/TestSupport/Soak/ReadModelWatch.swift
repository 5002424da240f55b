package import ControlPlane
import Synchronization

/// A reader of read models that looks at what only grows, and finds it never smaller than before.
package struct ReadModelWatch: Sendable {
    package enum Way: CaseIterable, Sendable {
        /// The versions of workspaces, added up.
        case workspaces
        /// The newest run.
        case newestRun
        /// The open runs with the seq that they are of, and the running ones as of that seq.
        case openRuns
    }

    /// Whether the work that readers go on beside is over.
    package final class Ending: Sendable {
        private let isOver = Mutex(false)

        package init() {}

        package var hasCome: Bool { isOver.withLock { $0 } }
        package func come() { isOver.withLock { $0 = true } }
    }

    private let readModels: any ReadModels
    private let pause: Duration

    /// - Parameter pause: How long it rests after each read.
    package init(_ readModels: any ReadModels, pause: Duration = .zero) {
        self.readModels = readModels
        self.pause = pause
    }

    /// Reads until the end has come; returns how often.
    ///
    /// - Throws: `Anomaly` when something is smaller than before, and what the read models throw.
    @discardableResult
    package func follow(_ way: Way, until ending: Ending) async throws -> Int {
        var (reads, versions, run, through): (Int, Int, String, Int64) = (0, 0, "", 0)
        while !ending.hasCome {
            switch way {
            case .workspaces:
                let page = try await readModels.workspaces(named: nil, page: PageRequest(limit: 200))
                let sum = page.items.reduce(0) { $0 + $1.version }
                guard sum >= versions else { throw Anomaly("versions came to \(versions), and then to \(sum)") }
                versions = sum
            case .newestRun:
                let page = try await readModels.runs(matching: .init(), page: PageRequest(limit: 5))
                let newest = page.items.first.map { "\($0.id)" } ?? ""
                guard newest >= run else { throw Anomaly("the newest run was \(run), and then \(newest)") }
                run = newest
            case .openRuns:
                guard let open = try await readModels.openRuns(after: nil, limit: 1_000) else {
                    throw Anomaly("there was no list of open runs")
                }
                guard open.throughSeq >= through else {
                    throw Anomaly("open runs were of seq \(through), and then of \(open.throughSeq)")
                }
                through = open.throughSeq
                let past = try await readModels.asOf(through).runs(
                    matching: .init(status: "running"), page: PageRequest(limit: 200))
                // Of more than a page of open runs, only the first are known.
                let known = Set(open.runs.map(\.id))
                if known.count < 1_000, let stray = past.items.first(where: { !known.contains($0.id) }) {
                    throw Anomaly("run \(stray.id) ran as of seq \(through), and was not among the open ones")
                }
            }
            reads += 1
            if pause > .zero { try await Task.sleep(for: pause) }
        }
        return reads
    }
}
