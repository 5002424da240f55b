import Domain
import FoundationEssentials

/// What runs need: workspaces, each with a connection and jobs.
struct SampleEstate: Sendable {
    private struct Workspace {
        let id: WorkspaceID
        var stream: SampleStream<WorkspaceDecider>
        let connection: ConnectionID
        var connectionStream: SampleStream<ConnectionDecider>
        var jobs: [(id: JobID, stream: SampleStream<JobDecider>)] = []
    }

    private let shape: SampleHistory.Shape
    private var workspaces: [Workspace] = []

    init(shape: SampleHistory.Shape) {
        self.shape = shape
    }

    /// The next command that makes a part of the estate; nil when all is made.
    mutating func prepare(_ writer: inout SampleWriter) -> SampleCommand? {
        if let last = workspaces.indices.last, let command = prepare(last, &writer) { return command }
        guard workspaces.count < shape.workspaces else { return nil }
        let (id, connection) = (writer.makeID(WorkspaceID.self), writer.makeID(ConnectionID.self))
        var workspace = Workspace(
            id: id, stream: SampleStream(id: "\(id)"), connection: connection,
            connectionStream: SampleStream(id: "\(connection)"))
        let command = workspace.stream.carryOut(
            .create(name: "Grid \(writer.mark).\(workspaces.count)", description: "Loads of region \(workspaces.count)")
        )
        workspaces.append(workspace)
        return command
    }

    private mutating func prepare(_ place: Int, _ writer: inout SampleWriter) -> SampleCommand? {
        switch workspaces[place].connectionStream.version {
        case 0:
            let settings = ConnectionSettings.trino(
                TrinoSettings(url: "https://trino.example:8443", user: "weir", catalog: "lake", schema: "sales"))
            return workspaces[place].connectionStream.carryOut(
                .create(workspace: workspaces[place].id, name: "Trino", settings: settings, hasSecret: true))
        case 1: return check(place, &writer)
        default: break
        }
        let number = workspaces[place].jobs.count
        guard number < shape.jobsPerWorkspace else { return nil }
        let id = writer.makeID(JobID.self)
        var stream = SampleStream<JobDecider>(id: "\(id)")
        let command = stream.carryOut(
            .create(
                workspace: workspaces[place].id, name: "Load \(number)",
                definition: definition(workspaces[place].connection, number, version: 1)))
        workspaces[place].jobs.append((id, stream))
        return command
    }

    private func definition(_ connection: ConnectionID, _ number: Int, version: Int) -> JobDefinition {
        JobDefinition(
            connection: connection,
            sql: """
                SELECT region, sum(amount) AS total FROM sales_\(number) \
                WHERE day = DATE '2026-03-03' AND version >= \(version) GROUP BY region
                """, maximumAttempts: 3)
    }

    /// One of the things that happen beside runs.
    mutating func change(_ writer: inout SampleWriter) -> SampleCommand {
        let place = Int.random(in: 0..<workspaces.count, using: &writer.random)
        switch Int.random(in: 0..<3, using: &writer.random) {
        case 0:
            let version = workspaces[place].stream.version
            return workspaces[place].stream.carryOut(.describe(description: "Loads of region \(place), v\(version)"))
        case 1: return check(place, &writer)
        default:
            let job = Int.random(in: 0..<workspaces[place].jobs.count, using: &writer.random)
            let version = workspaces[place].jobs[job].stream.state.version + 1
            let definition = definition(workspaces[place].connection, job, version: version)
            return workspaces[place].jobs[job].stream.carryOut(.publishVersion(definition))
        }
    }

    private mutating func check(_ place: Int, _ writer: inout SampleWriter) -> SampleCommand {
        let isHealthy = Int.random(in: 0..<10, using: &writer.random) > 0
        return workspaces[place].connectionStream.carryOut(
            .recordCheck(
                ConnectionChecked(
                    isHealthy: isHealthy, latencyMilliseconds: Int.random(in: 2..<80, using: &writer.random),
                    version: isHealthy ? "481" : nil, reason: isHealthy ? nil : "no answer within 5 s")))
    }

    /// What a run of one of the jobs asks for.
    func request(_ writer: inout SampleWriter) -> RunRequested {
        let workspace = workspaces[Int.random(in: 0..<workspaces.count, using: &writer.random)]
        let job = workspace.jobs[Int.random(in: 0..<workspace.jobs.count, using: &writer.random)]
        return RunRequested(
            workspace: workspace.id, job: job.id, jobVersion: job.stream.state.version,
            connection: workspace.connection, engine: .trino,
            statement: job.stream.state.definition?.sql ?? "SELECT 1", arguments: [:],
            deadline: writer.now.addingTimeInterval(3_600), maximumAttempts: 3, resultLimits: .standard)
    }
}
