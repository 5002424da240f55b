-- The evidence beside the log: the Merkle tree over its leaf hashes (RFC 6962) and the signed checkpoints. The sealer
-- writes it off the hot path; triggers refuse everything but INSERT and SELECT to everyone.

-- The leaf hash of an event, as COMMENT ON COLUMN event_log.leaf_hash tells it.
CREATE FUNCTION event_leaf_hash(
    seq bigint, version integer, recorded_at timestamptz, schema_version integer, stream text, type text, payload text,
    metadata text
) RETURNS bytea
    LANGUAGE sql STABLE AS $$
    SELECT sha256('\x00'::bytea || convert_to(concat_ws(E'\n', seq, version,
        (extract(epoch FROM recorded_at) * 1000000)::bigint, schema_version, stream, type, octet_length(payload),
        payload || metadata), 'UTF8'))
$$;

-- The leaf hashes as they were sealed, in pieces of at most 256 that end at multiples of 256 and at checkpoints. A copy
-- that does not change with the log: a row of event_log that was changed and hashed again differs from it.
CREATE TABLE log_tree_leaves (
    first_seq bigint PRIMARY KEY CHECK (first_seq > 0),
    last_seq  bigint NOT NULL CHECK (last_seq >= first_seq AND (last_seq - 1) / 256 = (first_seq - 1) / 256),
    hashes    bytea  NOT NULL CHECK (octet_length(hashes) = 32 * (last_seq - first_seq + 1))
);
ALTER TABLE log_tree_leaves ALTER COLUMN hashes SET STORAGE EXTERNAL;    -- hashes do not compress

-- The roots of complete subtrees of 2^level leaves, for every eighth level: with the leaves, a proof is read from at most
-- 256 hashes of each. Subtree number n begins with leaf n * 2^level, counted from 0.
CREATE TABLE log_tree_nodes (
    level  smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
    number bigint   NOT NULL CHECK (number >= 0),
    hash   bytea    NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, number)
);

-- Signed checkpoints: the note is what counts (C2SP tlog-checkpoint), the other columns are for finding it. A tree that
-- does not grow is signed again, so that one size may have several.
CREATE TABLE log_checkpoints (
    number    bigint      PRIMARY KEY CHECK (number > 0),    -- gapless
    tree_size bigint      NOT NULL CHECK (tree_size > 0),
    root_hash bytea       NOT NULL CHECK (octet_length(root_hash) = 32),
    signed_at timestamptz NOT NULL,
    note      text        NOT NULL
);
CREATE INDEX log_checkpoints_tree_size ON log_checkpoints (tree_size, number);

-- Where an export goes on, and which block an event belongs to.
CREATE UNIQUE INDEX log_blocks_first_seq ON log_blocks (first_seq);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_tree_leaves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_tree_nodes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON log_tree_leaves, log_tree_nodes, log_checkpoints TO {{service}};
GRANT EXECUTE ON FUNCTION event_leaf_hash TO {{service}};
