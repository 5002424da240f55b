-- projection: connection
-- version: 3
-- time-travel: on

CREATE TABLE connection (
    id           uuid        PRIMARY KEY,
    workspace_id uuid        NOT NULL,
    name         text        NOT NULL,
    settings     json        NOT NULL,
    has_secret   boolean     NOT NULL,
    last_check   json,
    checked_at   timestamptz,
    created_at   timestamptz NOT NULL,
    version      integer     NOT NULL
);

-- before-switch:
CREATE UNIQUE INDEX connection_name ON connection (workspace_id, lower(name), id);

-- on: connection.created
INSERT INTO connection (id, workspace_id, name, settings, has_secret, created_at, version)
VALUES (e.stream_id::uuid, (e.payload->>'workspace_id')::uuid, e.payload->>'name', e.payload->'settings',
    (e.payload->>'has_secret')::boolean, e.recorded_at, e.stream_version);

-- on: connection.checked
UPDATE connection SET last_check = e.payload, checked_at = e.recorded_at, version = e.stream_version
WHERE id = e.stream_id::uuid;

-- ignores: workspace.*, job.*, run.*, security.*, system.*
