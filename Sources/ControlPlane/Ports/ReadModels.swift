package import Domain
package import FoundationEssentials

/// What the projections have made of the log, for API and pages. Every answer is bounded.
///
/// An answer may lag behind the log by a moment; who needs to read what was just written waits for its seq first.
package protocol ReadModels: Sendable {
    /// Returns true as soon as these read models have taken in the event `seq`, false when `timeout` passes before.
    /// One that cannot go on does not hold up who reads others.
    func wait(for seq: Int64, in models: Set<ReadModel>, timeout: Duration) async throws -> Bool

    /// The read models as they were when the event `seq` was the last one that they had taken in.
    func asOf(_ seq: Int64) -> any ReadModels

    /// The last event that was recorded at a time or before; 0 when there is none.
    func seq(at time: Date) async throws -> Int64

    /// The workspaces in the order of their names, or the one with this name (compared without regard to case).
    func workspaces(named name: String?, page: PageRequest) async throws -> Page<WorkspaceView>
    func workspace(_ id: WorkspaceID) async throws -> WorkspaceView?

    func connections(
        in workspace: WorkspaceID, named name: String?, page: PageRequest
    ) async throws -> Page<ConnectionView>
    func connection(_ id: ConnectionID) async throws -> ConnectionView?

    func jobs(in workspace: WorkspaceID, named name: String?, page: PageRequest) async throws -> Page<JobView>
    func job(_ id: JobID) async throws -> JobView?

    /// The runs that match, the newest first.
    func runs(matching filter: RunFilter, page: PageRequest) async throws -> Page<RunView>
    func run(_ id: RunID) async throws -> RunView?

    /// The runs that had not ended when the read models had taken in `throughSeq`; at most `limit`, oldest first,
    /// after the given one. Nil as long as the read model has not been made. Of the present only.
    func openRuns(after run: RunID?, limit: Int) async throws -> OpenRuns?
}

/// A read model, by the name of its file in projections/.
package enum ReadModel: String, Hashable, Sendable, CaseIterable {
    case workspace, connection, job
    case run = "run_summary"
}

extension ReadModels {
    /// Returns true as soon as every read model has taken in the event `seq`, false when `timeout` passes before.
    package func wait(for seq: Int64, timeout: Duration) async throws -> Bool {
        try await wait(for: seq, in: Set(ReadModel.allCases), timeout: timeout)
    }
}

/// Which runs are asked for; nil means any.
package struct RunFilter: Hashable, Sendable {
    package var workspace: WorkspaceID?
    package var job: JobID?
    /// `requested`, `queued`, `dispatching`, `running`, `ending`, `outcome_unknown`, or a `RunEnding`.
    package var status: String?

    package init(workspace: WorkspaceID? = nil, job: JobID? = nil, status: String? = nil) {
        self.workspace = workspace
        self.job = job
        self.status = status
    }
}

package struct OpenRuns: Sendable {
    package struct Run: Hashable, Sendable {
        package let id: RunID
        /// Whether it was admitted: an engine may have it.
        package let isUnderWay: Bool

        package init(id: RunID, isUnderWay: Bool) {
            self.id = id
            self.isUnderWay = isUnderWay
        }
    }

    package let runs: [Run]
    package let throughSeq: Int64

    package init(runs: [Run], throughSeq: Int64) {
        self.runs = runs
        self.throughSeq = throughSeq
    }
}

/// A piece of a list: keyset paging, so that what is added meanwhile neither repeats nor hides anything.
package struct PageRequest: Hashable, Sendable {
    package static let limitRange = 1...200

    /// How many items, within `limitRange`.
    package let limit: Int
    /// Where the page before ended: opaque; nil for the first page.
    package let cursor: String?

    package init(limit: Int = 50, cursor: String? = nil) {
        precondition(Self.limitRange.contains(limit), "limit out of range")
        self.limit = limit
        self.cursor = cursor
    }
}

/// The cursor of a `PageRequest` is none that this server gave out.
package struct InvalidCursor: Error, Sendable {
    package init() {}
}

package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    /// The cursor of the next page; nil at the end.
    package let next: String?

    package init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }
}
