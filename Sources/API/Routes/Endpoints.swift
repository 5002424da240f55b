/// The table of routes: every operation of the API, with its types.
package enum Endpoints {
    /// Query: `name`, `limit`, `cursor`.
    package static let listWorkspaces = Endpoint<NoBody, List<WorkspaceResource>>(
        "list_workspaces", .get, "/api/v1/workspaces")
    package static let createWorkspace = Endpoint<CreateWorkspace, CommandAnswer>(
        "create_workspace", .post, "/api/v1/workspaces")
    package static let getWorkspace = Endpoint<NoBody, WorkspaceResource>(
        "get_workspace", .get, "/api/v1/workspaces/{workspace}")

    /// Query: `name`, `limit`, `cursor`.
    package static let listConnections = Endpoint<NoBody, List<ConnectionResource>>(
        "list_connections", .get, "/api/v1/workspaces/{workspace}/connections")
    package static let createConnection = Endpoint<CreateConnection, CommandAnswer>(
        "create_connection", .post, "/api/v1/workspaces/{workspace}/connections")
    package static let getConnection = Endpoint<NoBody, ConnectionResource>(
        "get_connection", .get, "/api/v1/connections/{connection}")
    package static let checkConnection = Endpoint<NoBody, ConnectionCheckAnswer>(
        "check_connection", .post, "/api/v1/connections/{connection}/check")

    /// Query: `name`, `limit`, `cursor`.
    package static let listJobs = Endpoint<NoBody, List<JobResource>>(
        "list_jobs", .get, "/api/v1/workspaces/{workspace}/jobs")
    package static let createJob = Endpoint<CreateJob, CommandAnswer>(
        "create_job", .post, "/api/v1/workspaces/{workspace}/jobs")
    package static let getJob = Endpoint<NoBody, JobResource>("get_job", .get, "/api/v1/jobs/{job}")
    package static let publishJobVersion = Endpoint<PublishJobVersion, CommandAnswer>(
        "publish_job_version", .post, "/api/v1/jobs/{job}/versions")

    package static let requestRun = Endpoint<RequestRun, CommandAnswer>("request_run", .post, "/api/v1/jobs/{job}/runs")
    /// Query: `workspace`, `job`, `status`, `limit`, `cursor`.
    package static let listRuns = Endpoint<NoBody, List<RunResource>>("list_runs", .get, "/api/v1/runs")
    package static let getRun = Endpoint<NoBody, RunResource>("get_run", .get, "/api/v1/runs/{run}")
    package static let cancelRun = Endpoint<CancelRun, CommandAnswer>("cancel_run", .post, "/api/v1/runs/{run}/cancel")
    package static let resolveRun = Endpoint<ResolveRun, CommandAnswer>(
        "resolve_run", .post, "/api/v1/runs/{run}/resolve")
    /// Query: `limit` (1 to 1,000), `cursor`.
    package static let listRunEvents = Endpoint<NoBody, List<EventResource>>(
        "list_run_events", .get, "/api/v1/runs/{run}/events")
    /// Query: `from` (from 0), `limit` (1 to 1,000). `Accept: text/csv` or `format=csv` answers all rows as CSV.
    package static let getRunResult = Endpoint<NoBody, ResultResource>(
        "get_run_result", .get, "/api/v1/runs/{run}/result")

    /// Which log this is, and how far it has come.
    package static let getLog = Endpoint<NoBody, LogPosition>("get_log", .get, "/api/v1/log")
    /// Server-sent events, each an `EventResource` with its seq as `id`. Query: `after`, `stream`, `category`, `epoch`.
    package static let streamEvents = Endpoint<NoBody, EventResource>("stream_events", .get, "/api/v1/events/stream")

    /// The newest checkpoint's signed note, as text. Query: `tree_size`.
    package static let getCheckpoint = Endpoint<NoBody, NoBody>("get_checkpoint", .get, "/api/v1/audit/checkpoint")
    /// Query: `limit`, `cursor`.
    package static let listCheckpoints = Endpoint<NoBody, List<CheckpointResource>>(
        "list_checkpoints", .get, "/api/v1/audit/checkpoints")
    /// Query: `seq`; `tree_size` of a checkpoint, the newest when it is left out.
    package static let proveInclusion = Endpoint<NoBody, InclusionProofResource>(
        "prove_inclusion", .get, "/api/v1/audit/proofs")
    /// Query: `from`, a tree size; `to`, the tree size of a checkpoint, the newest when it is left out.
    package static let proveConsistency = Endpoint<NoBody, ConsistencyProofResource>(
        "prove_consistency", .get, "/api/v1/audit/consistency")
    /// JSON Lines (docs/audit-bundle.md). Query: `since`, `until`, `stream`, `actor`, `type`; to go on with an export
    /// `after`, with `tree_size` and `checkpoint` of its header.
    package static let exportLog = Endpoint<NoBody, NoBody>("export_log", .get, "/api/v1/audit/export")

    package static let health = Endpoint<NoBody, HealthAnswer>("health", .get, "/healthz")
    package static let readiness = Endpoint<NoBody, ReadinessAnswer>("readiness", .get, "/readyz")

    /// All of them.
    package static let all: [Route] = [
        Route(listWorkspaces), Route(createWorkspace), Route(getWorkspace), Route(listConnections),
        Route(createConnection), Route(getConnection), Route(checkConnection), Route(listJobs), Route(createJob),
        Route(getJob), Route(publishJobVersion), Route(requestRun), Route(listRuns), Route(getRun), Route(cancelRun),
        Route(resolveRun), Route(listRunEvents), Route(getRunResult), Route(getLog), Route(streamEvents),
        Route(getCheckpoint), Route(listCheckpoints), Route(proveInclusion), Route(proveConsistency), Route(exportLog),
        Route(health),
        Route(readiness),
    ]
}
