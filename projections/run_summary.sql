-- projection: run_summary
-- version: 3
-- time-travel: on

-- Names, so that a list of runs needs no join with a read model that may have come further.
CREATE TABLE run_workspace (
    id   uuid PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE run_job (
    id   uuid PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE run_summary (
    id             uuid        PRIMARY KEY,
    workspace_id   uuid        NOT NULL,
    workspace_name text        NOT NULL,
    job_id         uuid        NOT NULL,
    job_name       text        NOT NULL,
    job_version    integer     NOT NULL,
    connection_id  uuid        NOT NULL,
    engine         text        NOT NULL,
    statement      text        NOT NULL,
    status         text        NOT NULL,
    queue_reason   text,
    attempts       integer     NOT NULL DEFAULT 0,
    attempt_id     uuid,
    external_id    text,
    link           text,
    progress       json,
    cancel_reason  text,
    failure        json,
    unknown_reason text,
    result         json,
    requested_by   text        NOT NULL,
    requested_at   timestamptz NOT NULL,
    started_at     timestamptz,
    ended_at       timestamptz,
    deadline       timestamptz NOT NULL,
    version        integer     NOT NULL
);

-- before-switch:
CREATE INDEX run_summary_workspace ON run_summary (workspace_id, id);
CREATE INDEX run_summary_job ON run_summary (job_id, id);
CREATE INDEX run_summary_status ON run_summary (status, id);
CREATE INDEX run_summary_open ON run_summary (id) WHERE ended_at IS NULL;

-- on: workspace.created
INSERT INTO run_workspace (id, name) VALUES (e.stream_id::uuid, e.payload->>'name');

-- on: job.created
INSERT INTO run_job (id, name) VALUES (e.stream_id::uuid, e.payload->>'name');

-- on: run.requested
INSERT INTO run_summary (id, workspace_id, workspace_name, job_id, job_name, job_version, connection_id, engine,
    statement, status, requested_by, requested_at, deadline, version)
SELECT e.stream_id::uuid, run_workspace.id, run_workspace.name, run_job.id, run_job.name,
    (e.payload->>'job_version')::integer, (e.payload->>'connection_id')::uuid, e.payload->>'engine',
    e.payload->>'statement', 'requested', e.metadata->>'actor', e.recorded_at,
    (e.payload->>'deadline')::timestamptz, e.stream_version
FROM run_workspace, run_job
WHERE run_workspace.id = (e.payload->>'workspace_id')::uuid AND run_job.id = (e.payload->>'job_id')::uuid;

-- on: run.queued
UPDATE run_summary SET status = 'queued', queue_reason = e.payload->>'reason', version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.admitted
UPDATE run_summary SET status = CASE WHEN cancel_reason IS NULL THEN 'dispatching' ELSE 'ending' END,
    queue_reason = NULL, version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.dispatch_intended
UPDATE run_summary SET attempts = (e.payload->>'number')::integer, attempt_id = (e.payload->>'attempt_id')::uuid,
    external_id = NULL, link = NULL, progress = NULL, version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.dispatched
UPDATE run_summary SET status = CASE WHEN cancel_reason IS NULL THEN 'running' ELSE 'ending' END,
    external_id = e.payload->>'external_id', link = e.payload->>'link', version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.started
UPDATE run_summary SET started_at = coalesce(started_at, e.recorded_at), version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.progressed
UPDATE run_summary SET progress = e.payload->'progress', version = e.stream_version WHERE id = e.stream_id::uuid;

-- on: run.attempt_failed
UPDATE run_summary SET status = CASE WHEN cancel_reason IS NULL THEN 'dispatching' ELSE 'ending' END,
    failure = e.payload->'failure', unknown_reason = NULL, version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.retry_scheduled
UPDATE run_summary SET version = e.stream_version WHERE id = e.stream_id::uuid;

-- on: run.adopted
UPDATE run_summary SET version = e.stream_version WHERE id = e.stream_id::uuid;

-- on: run.cancel_requested
UPDATE run_summary SET cancel_reason = e.payload->>'reason', version = e.stream_version,
    status = CASE WHEN status IN ('dispatching', 'running') THEN 'ending' ELSE status END
WHERE id = e.stream_id::uuid;

-- on: run.result_recorded
UPDATE run_summary SET result = e.payload->'result', version = e.stream_version WHERE id = e.stream_id::uuid;

-- on: run.outcome_unknown
UPDATE run_summary SET status = 'outcome_unknown', unknown_reason = e.payload->>'reason', version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.succeeded
UPDATE run_summary SET status = 'succeeded', failure = NULL, ended_at = e.recorded_at, version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.failed
UPDATE run_summary SET status = 'failed', failure = e.payload->'failure', ended_at = e.recorded_at,
    version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.cancelled
UPDATE run_summary SET status = 'cancelled', queue_reason = NULL, unknown_reason = NULL, ended_at = e.recorded_at,
    version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.timed_out
UPDATE run_summary SET status = 'timed_out', queue_reason = NULL, unknown_reason = NULL, ended_at = e.recorded_at,
    version = e.stream_version
WHERE id = e.stream_id::uuid;

-- on: run.resolved
UPDATE run_summary SET status = e.payload->>'outcome', unknown_reason = NULL, ended_at = e.recorded_at,
    version = e.stream_version
WHERE id = e.stream_id::uuid;

-- ignores: workspace.described, connection.*, job.version_published, security.*, system.*
