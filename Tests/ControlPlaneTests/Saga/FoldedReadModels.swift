import Domain
import EventSourcing
import FoundationEssentials

@testable import ControlPlane

/// The runs that have not ended, folded from the log at each question. Of other things it knows nothing.
struct FoldedReadModels: ReadModels {
    let store: any EventStore

    func openRuns(after run: RunID?, limit: Int) async throws -> OpenRuns? {
        let throughSeq = try await store.head()
        var states: [RunID: RunState] = [:]
        for envelope in try await store.readAll(after: 0, limit: 1_000) where envelope.stream.category == "run" {
            guard let id = RunID(envelope.stream.id) else { continue }
            states[id] = RunDecider.evolve(states[id] ?? RunDecider.initial, try RunCodec.decode(envelope.event))
        }
        let open = states.filter { !$0.value.isEnded }.keys.sorted().filter { id in run.map { $0 < id } ?? true }
        return OpenRuns(
            runs: open.prefix(limit).map { id in
                .init(id: id, isUnderWay: states[id].map { !["requested", "queued"].contains($0.statusName) } ?? false)
            }, throughSeq: throughSeq)
    }

    func wait(for seq: Int64, in models: Set<ReadModel>, timeout: Duration) async throws -> Bool { true }
    func asOf(_ seq: Int64) -> any ReadModels { self }
    func seq(at time: Date) async throws -> Int64 { 0 }

    func workspaces(named name: String?, page: PageRequest) async throws -> Page<WorkspaceView> {
        Page(items: [], next: nil)
    }
    func workspace(_ id: WorkspaceID) async throws -> WorkspaceView? { nil }

    func connections(
        in workspace: WorkspaceID, named name: String?, page: PageRequest
    ) async throws -> Page<ConnectionView> {
        Page(items: [], next: nil)
    }
    func connection(_ id: ConnectionID) async throws -> ConnectionView? { nil }

    func jobs(in workspace: WorkspaceID, named name: String?, page: PageRequest) async throws -> Page<JobView> {
        Page(items: [], next: nil)
    }
    func job(_ id: JobID) async throws -> JobView? { nil }

    func runs(matching filter: RunFilter, page: PageRequest) async throws -> Page<RunView> {
        Page(items: [], next: nil)
    }
    func run(_ id: RunID) async throws -> RunView? { nil }
}
