-- projection: workspace
-- version: 2
-- time-travel: on

CREATE TABLE workspace (
    id          uuid        PRIMARY KEY,
    name        text        NOT NULL,
    description text        NOT NULL,
    created_at  timestamptz NOT NULL,
    version     integer     NOT NULL
);

-- before-switch:
CREATE UNIQUE INDEX workspace_name ON workspace (lower(name), id);

-- on: workspace.created
INSERT INTO workspace (id, name, description, created_at, version)
VALUES (e.stream_id::uuid, e.payload->>'name', e.payload->>'description', e.recorded_at, e.stream_version);

-- on: workspace.described
UPDATE workspace SET description = e.payload->>'description', version = e.stream_version
WHERE id = e.stream_id::uuid;

-- ignores: connection.*, job.*, run.*, security.*, system.*
