-- What belongs to the service and is not in the log: secrets, the way back to attempts, and the rows of results.

-- Sealed by AES-256-GCM under a key that is not in the database.
CREATE TABLE secrets (
    name      text        PRIMARY KEY,
    sealed    bytea       NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);

-- One row for each attempt: its sealed handle, and what is kept of its result.
CREATE TABLE attempts (
    id            uuid    PRIMARY KEY,
    run_id        uuid    NOT NULL,
    external_id   text    NOT NULL,
    link          text,
    sealed_handle bytea,              -- NULL when it was finished
    columns       json    NOT NULL DEFAULT '[]',
    row_count     integer NOT NULL DEFAULT 0,
    byte_count    bigint  NOT NULL DEFAULT 0,
    truncated     boolean NOT NULL DEFAULT false,
    update_count  bigint,             -- how many rows it changed, where it changes rows
    finished      boolean NOT NULL DEFAULT false    -- seen to succeed, and its result is complete
);
CREATE INDEX attempts_run ON attempts (run_id);

-- The kept rows, each a JSON array's text as the engine wrote it.
CREATE TABLE result_rows (
    attempt_id uuid    NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
    number     integer NOT NULL,      -- from 0
    content    text    NOT NULL,
    PRIMARY KEY (attempt_id, number)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON secrets, attempts, result_rows TO {{service}};

-- The projections' own schema: their tables are made and dropped by the service.
CREATE SCHEMA projections AUTHORIZATION {{service}};
