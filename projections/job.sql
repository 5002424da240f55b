-- projection: job
-- version: 3
-- time-travel: on

-- row-per: job
CREATE TABLE job (
    id           uuid        PRIMARY KEY,
    workspace_id uuid        NOT NULL,
    name         text        NOT NULL,
    job_version  integer     NOT NULL,
    definition   json,
    created_at   timestamptz NOT NULL,
    version      integer     NOT NULL
);

-- before-switch:
CREATE UNIQUE INDEX job_name ON job (workspace_id, lower(name), id);

-- on: job.created
job.workspace_id := (e.payload->>'workspace_id')::uuid;
job.name := e.payload->>'name';
job.job_version := 0;
job.created_at := e.recorded_at;
job.version := e.stream_version;

-- on: job.version_published
job.job_version := (e.payload->>'version')::integer;
job.definition := e.payload->'definition';
job.version := e.stream_version;

-- ignores: workspace.*, connection.*, run.*, security.*, system.*
