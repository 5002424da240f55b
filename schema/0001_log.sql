-- The log and what append_batch checks it against. The log is append-only: triggers refuse everything else to everyone,
-- and the service reaches it through append_batch alone.
--
-- The role of the service is the migration's parameter {{service}}.

CREATE TABLE event_log (
    seq            bigint      NOT NULL CHECK (seq > 0),        -- gapless, in commit order
    block          bigint      NOT NULL,
    stream         text        NOT NULL CHECK (octet_length(stream) <= 200 AND stream !~ '[\n\r]'),
    version        integer     NOT NULL CHECK (version > 0),    -- gapless in its stream
    type           text        NOT NULL CHECK (octet_length(type) <= 100 AND type !~ '[\n\r]'),
    schema_version integer     NOT NULL CHECK (schema_version > 0),
    recorded_at    timestamptz NOT NULL,
    payload        json        NOT NULL,                        -- json, not jsonb: the text is kept byte for byte
    metadata       json        NOT NULL,
    leaf_hash      bytea       NOT NULL CHECK (octet_length(leaf_hash) = 32),
    PRIMARY KEY (seq)
) PARTITION BY RANGE (seq);

CREATE INDEX event_log_stream ON event_log (stream, version);

COMMENT ON COLUMN event_log.leaf_hash IS
    'SHA-256 of one zero byte (RFC 6962) and, in UTF-8, separated by line feeds: seq, version, recorded_at in '
    'microseconds since 1970, schema_version, stream, type, the length of payload in bytes; then payload and metadata';

-- One row for each stream. Versions are unique because this row is.
CREATE TABLE stream_heads (
    stream  text    PRIMARY KEY,
    version integer NOT NULL,
    closed  boolean NOT NULL
) WITH (fillfactor = 70);

-- Unique names. The folded name is how names are compared.
CREATE TABLE claims (
    scope  text NOT NULL,
    folded text NOT NULL,
    name   text NOT NULL,
    stream text NOT NULL,
    PRIMARY KEY (scope, folded)
);

-- What a repeated request gets as its answer, until the receipt expires.
CREATE TABLE command_receipts (
    scope       text        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,
    first_seq   bigint      NOT NULL,
    last_seq    bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX command_receipts_expiry ON command_receipts (expires_at);

-- What the log is, in one row. Every append locks it, so that lock order is commit order is seq order. The lock makes no
-- new version of the row: were the end of the log a row that each append updates, a long snapshot (a backup) would keep
-- all its versions, and each append would be slower than the one before.
CREATE TABLE log_store (
    singleton      boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    store_epoch    uuid    NOT NULL,    -- another one after a restore: cursors of the former log are refused
    partition_size bigint  NOT NULL DEFAULT 16777216 CHECK (partition_size > 0)     -- in events; never changed
);

INSERT INTO log_store (store_epoch) VALUES (gen_random_uuid());

-- A block is what one call of append_batch recorded.
CREATE TABLE log_blocks (
    block         bigint      PRIMARY KEY,
    first_seq     bigint      NOT NULL,
    last_seq      bigint      NOT NULL CHECK (last_seq >= first_seq),
    recorded_at   timestamptz NOT NULL,
    previous_hash bytea       NOT NULL,
    hash          bytea       NOT NULL
);
COMMENT ON COLUMN log_blocks.hash IS
    'SHA-256 of: previous_hash, block, first_seq and last_seq as 8 bytes each (big endian), the leaf hashes in order';

-- The end of the log: what its last block says. One row.
CREATE VIEW log_tip AS
SELECT coalesce(tip.last_seq, 0) AS last_seq, coalesce(tip.block, 0) AS last_block,
    coalesce(tip.hash, decode(repeat('00', 32), 'hex')) AS last_block_hash,
    coalesce(tip.recorded_at, '-infinity') AS last_recorded_at, store_epoch, partition_size
FROM log_store LEFT JOIN LATERAL (SELECT * FROM log_blocks ORDER BY block DESC LIMIT 1) AS tip ON true;

-- Who owns which role of the service. Each change of owner raises the epoch, which appends check.
CREATE TABLE leases (
    name       text        PRIMARY KEY,
    owner      text        NOT NULL,
    epoch      bigint      NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the log is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = '55000';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON event_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_blocks
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Makes the partition that the log's end lies in (or `through`, where that is later) and the next one, ahead of need. Attaching an empty table takes
-- neither appends nor readers out of their way (SHARE UPDATE EXCLUSIVE on event_log), and there is nothing to scan.
CREATE FUNCTION prepare_partitions(through bigint DEFAULT 0) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made integer := 0;
    size bigint;
    number bigint;
    name text;
BEGIN
    SELECT partition_size INTO size FROM log_store;
    FOR number IN
        SELECT generate_series(last_seq / size, greatest(last_seq, through) / size + 1) FROM log_tip
    LOOP
        name := format('event_log_%s', number);
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        PERFORM pg_advisory_xact_lock(hashtext('event_log'));
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE event_log INCLUDING ALL)', name);
        EXECUTE format('ALTER TABLE event_log ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
            name, number * size, (number + 1) * size);
        EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
SELECT prepare_partitions();

-- Forgets receipts that have expired, at most so many; what appends are using meanwhile is left for the next time.
CREATE FUNCTION prune_receipts(at_most integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH pruned AS (
        DELETE FROM command_receipts WHERE (scope, key) IN (
            SELECT scope, key FROM command_receipts WHERE expires_at <= clock_timestamp()
            ORDER BY expires_at LIMIT at_most FOR UPDATE SKIP LOCKED)
        RETURNING 1)
    SELECT count(*)::integer FROM pruned
$$;

GRANT SELECT ON event_log, stream_heads, claims, command_receipts, log_store, log_blocks, log_tip, leases TO {{service}};
REVOKE EXECUTE ON FUNCTION prepare_partitions, prune_receipts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prepare_partitions, prune_receipts TO {{service}};
