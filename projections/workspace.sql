-- projection: workspace
-- version: 3
-- time-travel: on

-- row-per: workspace
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
workspace.name := e.payload->>'name';
workspace.description := e.payload->>'description';
workspace.created_at := e.recorded_at;
workspace.version := e.stream_version;

-- on: workspace.described
workspace.description := e.payload->>'description';
workspace.version := e.stream_version;

-- ignores: connection.*, job.*, run.*, security.*, system.*
