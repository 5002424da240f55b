import ControlPlane
import Domain
import FoundationEssentials
import Synchronization

/// Read models that hold what a test puts into them, and are as far as it says.
final class MemoryReadModels: ReadModels {
    struct Content: Sendable {
        var workspaces: [WorkspaceView] = []
        var connections: [ConnectionView] = []
        var jobs: [JobView] = []
        var runs: [RunView] = []
        /// The seq that has been taken in.
        var seq: Int64 = .max
        var failure: (any Error)?
        /// What the read models were as of earlier seqs.
        var past: [Int64: Content] = [:]
        /// When events were recorded, by their seqs.
        var times: [Int64: Date] = [:]
    }

    let content: Mutex<Content>

    init(_ content: Content = Content()) {
        self.content = Mutex(content)
    }

    private func read<Value: Sendable>(_ body: (Content) -> Value) throws -> Value {
        try content.withLock { content in
            if let failure = content.failure { throw failure }
            return body(content)
        }
    }

    private func page<Item>(_ items: [Item], _ page: PageRequest) throws -> Page<Item> {
        guard let from = Int(page.cursor ?? "0"), (0...items.count).contains(from) else { throw InvalidCursor() }
        let end = min(items.count, from + page.limit)
        return Page(items: Array(items[from..<end]), next: end < items.count ? "\(end)" : nil)
    }

    func asOf(_ seq: Int64) -> any ReadModels {
        MemoryReadModels(content.withLock { $0.past[seq] ?? Content() })
    }

    func seq(at time: Date) async throws -> Int64 {
        try read { $0.times.filter { $0.value <= time }.keys.max() ?? 0 }
    }

    func wait(for seq: Int64, in models: Set<ReadModel>, timeout: Duration) async throws -> Bool {
        try read { $0.seq >= seq }
    }

    func workspaces(named name: String?, page: PageRequest) async throws -> Page<WorkspaceView> {
        try self.page(read { $0.workspaces.filter { name == nil || $0.name == name } }, page)
    }

    func workspace(_ id: WorkspaceID) async throws -> WorkspaceView? {
        try read { $0.workspaces.first { $0.id == id } }
    }

    func connections(
        in workspace: WorkspaceID, named name: String?, page: PageRequest
    ) async throws -> Page<ConnectionView> {
        try self.page(read { $0.connections.filter { $0.workspace == workspace } }, page)
    }

    func connection(_ id: ConnectionID) async throws -> ConnectionView? {
        try read { $0.connections.first { $0.id == id } }
    }

    func jobs(in workspace: WorkspaceID, named name: String?, page: PageRequest) async throws -> Page<JobView> {
        try self.page(read { $0.jobs.filter { $0.workspace == workspace } }, page)
    }

    func job(_ id: JobID) async throws -> JobView? { try read { $0.jobs.first { $0.id == id } } }

    func runs(matching filter: RunFilter, page: PageRequest) async throws -> Page<RunView> {
        try self.page(read { $0.runs.filter { filter.status == nil || $0.status == filter.status } }, page)
    }

    func run(_ id: RunID) async throws -> RunView? { try read { $0.runs.first { $0.id == id } } }

    func openRuns(after run: RunID?, limit: Int) async throws -> OpenRuns? { OpenRuns(runs: [], throughSeq: 0) }
}
