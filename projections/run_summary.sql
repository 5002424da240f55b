-- projection: run_summary
-- version: 4
-- time-travel: on

-- Names, so that a list of runs needs no join with a read model that may have come further.
-- row-per: workspace
CREATE TABLE run_workspace (
    id   uuid PRIMARY KEY,
    name text NOT NULL
);

-- row-per: job
CREATE TABLE run_job (
    id   uuid PRIMARY KEY,
    name text NOT NULL
);

-- row-per: run
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
    attempts       integer     NOT NULL,
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
run_workspace.name := e.payload->>'name';

-- on: job.created
run_job.name := e.payload->>'name';

-- on: run.requested
run_summary.workspace_id := (e.payload->>'workspace_id')::uuid;
run_summary.workspace_name := (SELECT name FROM run_workspace WHERE id = (e.payload->>'workspace_id')::uuid);
run_summary.job_id := (e.payload->>'job_id')::uuid;
run_summary.job_name := (SELECT name FROM run_job WHERE id = (e.payload->>'job_id')::uuid);
run_summary.job_version := (e.payload->>'job_version')::integer;
run_summary.connection_id := (e.payload->>'connection_id')::uuid;
run_summary.engine := e.payload->>'engine';
run_summary.statement := e.payload->>'statement';
run_summary.status := 'requested';
run_summary.attempts := 0;
run_summary.requested_by := e.metadata->>'actor';
run_summary.requested_at := e.recorded_at;
run_summary.deadline := (e.payload->>'deadline')::timestamptz;
run_summary.version := e.stream_version;

-- on: run.queued
run_summary.status := 'queued';
run_summary.queue_reason := e.payload->>'reason';
run_summary.version := e.stream_version;

-- on: run.admitted
run_summary.status := CASE WHEN run_summary.cancel_reason IS NULL THEN 'dispatching' ELSE 'ending' END;
run_summary.queue_reason := NULL;
run_summary.version := e.stream_version;

-- on: run.dispatch_intended
run_summary.attempts := (e.payload->>'number')::integer;
run_summary.attempt_id := (e.payload->>'attempt_id')::uuid;
run_summary.external_id := NULL;
run_summary.link := NULL;
run_summary.progress := NULL;
run_summary.version := e.stream_version;

-- on: run.dispatched
run_summary.status := CASE WHEN run_summary.cancel_reason IS NULL THEN 'running' ELSE 'ending' END;
run_summary.external_id := e.payload->>'external_id';
run_summary.link := e.payload->>'link';
run_summary.version := e.stream_version;

-- on: run.started
run_summary.started_at := coalesce(run_summary.started_at, e.recorded_at);
run_summary.version := e.stream_version;

-- on: run.progressed
run_summary.progress := e.payload->'progress';
run_summary.version := e.stream_version;

-- on: run.attempt_failed
run_summary.status := CASE WHEN run_summary.cancel_reason IS NULL THEN 'dispatching' ELSE 'ending' END;
run_summary.failure := e.payload->'failure';
run_summary.unknown_reason := NULL;
run_summary.version := e.stream_version;

-- on: run.retry_scheduled
run_summary.version := e.stream_version;

-- on: run.adopted
run_summary.version := e.stream_version;

-- on: run.cancel_requested
run_summary.cancel_reason := e.payload->>'reason';
run_summary.version := e.stream_version;
run_summary.status := CASE WHEN run_summary.status IN ('dispatching', 'running') THEN 'ending'
    ELSE run_summary.status END;

-- on: run.result_recorded
run_summary.result := e.payload->'result';
run_summary.version := e.stream_version;

-- on: run.outcome_unknown
run_summary.status := 'outcome_unknown';
run_summary.unknown_reason := e.payload->>'reason';
run_summary.version := e.stream_version;

-- on: run.succeeded
run_summary.status := 'succeeded';
run_summary.failure := NULL;
run_summary.ended_at := e.recorded_at;
run_summary.version := e.stream_version;

-- on: run.failed
run_summary.status := 'failed';
run_summary.failure := e.payload->'failure';
run_summary.ended_at := e.recorded_at;
run_summary.version := e.stream_version;

-- on: run.cancelled
run_summary.status := 'cancelled';
run_summary.queue_reason := NULL;
run_summary.unknown_reason := NULL;
run_summary.ended_at := e.recorded_at;
run_summary.version := e.stream_version;

-- on: run.timed_out
run_summary.status := 'timed_out';
run_summary.queue_reason := NULL;
run_summary.unknown_reason := NULL;
run_summary.ended_at := e.recorded_at;
run_summary.version := e.stream_version;

-- on: run.resolved
run_summary.status := e.payload->>'outcome';
run_summary.unknown_reason := NULL;
run_summary.ended_at := e.recorded_at;
run_summary.version := e.stream_version;

-- ignores: workspace.described, connection.*, job.version_published, security.*, system.*
