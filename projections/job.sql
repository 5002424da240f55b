-- projection: job
-- version: 2
-- time-travel: on

CREATE TABLE job (
    id           uuid        PRIMARY KEY,
    workspace_id uuid        NOT NULL,
    name         text        NOT NULL,
    job_version  integer     NOT NULL DEFAULT 0,
    definition   json,
    created_at   timestamptz NOT NULL,
    version      integer     NOT NULL
);

-- before-switch:
CREATE UNIQUE INDEX job_name ON job (workspace_id, lower(name), id);

-- on: job.created
INSERT INTO job (id, workspace_id, name, created_at, version)
VALUES (e.stream_id::uuid, (e.payload->>'workspace_id')::uuid, e.payload->>'name', e.recorded_at, e.stream_version);

-- on: job.version_published
UPDATE job SET job_version = (e.payload->>'version')::integer, definition = e.payload->'definition',
    version = e.stream_version
WHERE id = e.stream_id::uuid;

-- ignores: workspace.*, connection.*, run.*, security.*, system.*
