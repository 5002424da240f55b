-- Which read models there are, how far each has come, and where its tables are.
CREATE TABLE projection_versions (
    name        text        NOT NULL,
    generation  integer     NOT NULL,   -- rises with each new version and each rebuild
    version     integer     NOT NULL,   -- of the file in projections/
    checksum    text        NOT NULL,   -- SHA-256 of that file
    schema_name text        NOT NULL UNIQUE,
    relations   text[]      NOT NULL,   -- the tables that readers see through views in the schema projections
    cursor      bigint      NOT NULL DEFAULT 0,
    live        boolean     NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, generation)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX projection_versions_live ON projection_versions (name) WHERE live;

GRANT SELECT, INSERT, UPDATE, DELETE ON projection_versions TO {{service}};

-- Each generation has a schema of its own, which the service makes and drops.
DO $$
BEGIN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO {{service}}', current_database());
END $$;
