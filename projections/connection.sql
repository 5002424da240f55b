-- projection: connection
-- version: 4
-- time-travel: on

-- row-per: connection
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
connection.workspace_id := (e.payload->>'workspace_id')::uuid;
connection.name := e.payload->>'name';
connection.settings := e.payload->'settings';
connection.has_secret := (e.payload->>'has_secret')::boolean;
connection.created_at := e.recorded_at;
connection.version := e.stream_version;

-- on: connection.checked
connection.last_check := e.payload;
connection.checked_at := e.recorded_at;
connection.version := e.stream_version;

-- ignores: workspace.*, job.*, run.*, security.*, system.*
