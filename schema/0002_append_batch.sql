-- append_batch: everything that waits in one process, recorded in one call.
--
-- It locks the log, checks each command, and records those that pass; one command's refusal never fails its neighbours.
-- A batch goes the fast way first: it is recorded by a few statements, which show what stands in its way. When anything
-- does, that is undone, and its commands are taken one by one, each checked against the effects of those before it.
--
-- Arrays of one group have the same length. Commands name their pieces by the first one's place (from 1) and a count,
-- and pieces stand in the order of their commands.
--   c_…: commands. key_scope, key, fingerprint: NULL without an idempotency key. lease, epoch: NULL without a fence.
--   w_…: writes, one for each stream of a command. expected: the version before, or -1 for any.
--   e_…: events. write: their write's place; position: their place in it, from 1.
--   k_…: claims, taken or given back.
--   overlapping: whether two commands share a stream, key or claim: such a batch cannot go the fast way.
--   stream_limit: the most events of one stream.
--   expected_epoch, seen_seq: what the caller knows of this log. A database of another epoch, or one that lacks events
--       that the caller has seen, refuses the whole call (SQLSTATE WE001, WE002).
--
-- Outcomes: 0 appended, 1 duplicate, 2 key reused, 3 fenced, 4 stream closed, 5 version conflict, 6 name taken,
-- 7 stream full.
--
-- Waits for the lock as long as the session's lock_timeout permits.
--
-- The settings are there because plans are made while the tables are empty and kept: an index scan is right at every
-- size. jit: with other scans ruled out, the planner's costs would call the compiler for each batch.

CREATE TYPE append_outcome AS (
    command     integer,
    outcome     integer,
    first_seq   bigint,
    last_seq    bigint,
    recorded_at timestamptz,
    subject     text,      -- the stream, lease or name that stood in the way
    found       bigint,    -- its version or epoch
    holder      text       -- the stream that holds the name
);

-- Records pieces, under append_batch's settings, and returns their leaf hashes. What stands in their way is found by
-- recording them, with fewer look-ups than looking first: SQLSTATE WE003 then, and nothing may be kept.
CREATE FUNCTION record_events(
    tip bigint, new_block bigint, recorded timestamptz, stream_limit integer,
    w_stream text[], w_expected integer[], w_count integer[], w_closes boolean[],
    e_write integer[], e_position integer[], e_stream text[], e_type text[], e_schema integer[], e_payload text[],
    e_metadata text[], k_take boolean[], k_scope text[], k_folded text[], k_name text[], k_stream text[]
) RETURNS bytea
    LANGUAGE plpgsql AS $$
DECLARE
    micros constant bigint := extract(epoch FROM recorded) * 1000000;
    written text[];
    reached integer[];
    base integer[];     -- the versions of the writes' streams before
    fine boolean;
    leaves bytea;
BEGIN
    WITH heads AS (
        INSERT INTO stream_heads AS head (stream, version, closed)
        SELECT * FROM unnest(w_stream, w_count, w_closes)
        ON CONFLICT (stream) DO UPDATE SET version = head.version + excluded.version, closed = excluded.closed
        WHERE NOT head.closed
        RETURNING stream, version)
    SELECT array_agg(stream), array_agg(version) INTO written, reached FROM heads;
    SELECT bool_and(expected IN (-1, version - count) AND version <= stream_limit),
        array_agg(version - count ORDER BY place)
    INTO fine, base
    FROM unnest(reached, w_expected, w_count) WITH ORDINALITY AS w (version, expected, count, place);
    IF NOT coalesce(fine, false) OR written <> w_stream THEN
        RAISE EXCEPTION 'a stream is closed, full, or not at the expected version' USING ERRCODE = 'WE003';
    END IF;

    IF cardinality(k_take) > 0 THEN
        IF false = ANY (k_take) THEN
            DELETE FROM claims AS held
            USING unnest(k_take, k_scope, k_folded, k_stream) AS k (take, scope, folded, stream)
            WHERE NOT k.take AND held.scope = k.scope AND held.folded = k.folded AND held.stream = k.stream;
        END IF;
        WITH taken AS (
            INSERT INTO claims AS held (scope, folded, name, stream)
            SELECT k.scope, k.folded, k.name, k.stream
            FROM unnest(k_take, k_scope, k_folded, k_name, k_stream) AS k (take, scope, folded, name, stream)
            WHERE k.take
            ON CONFLICT (scope, folded) DO UPDATE SET name = excluded.name WHERE held.stream = excluded.stream
            RETURNING 1)
        SELECT count(*) = cardinality(array_positions(k_take, true)) INTO fine FROM taken;
        IF NOT fine THEN
            RAISE EXCEPTION 'a name is taken' USING ERRCODE = 'WE003';
        END IF;
    END IF;

    WITH recorded_events AS (
        INSERT INTO event_log
            (seq, block, stream, version, type, schema_version, recorded_at, payload, metadata, leaf_hash)
        SELECT tip + e.place, new_block, e.stream, base[e.write] + e.position, e.type, e.schema, recorded,
            e.payload::json, e.metadata::json,
            sha256('\x00'::bytea || convert_to(concat_ws(E'\n', tip + e.place, base[e.write] + e.position, micros,
                e.schema, e.stream, e.type, octet_length(e.payload), e.payload || e.metadata), 'UTF8'))
        FROM unnest(e_write, e_position, e_stream, e_type, e_schema, e_payload, e_metadata) WITH ORDINALITY
            AS e (write, position, stream, type, schema, payload, metadata, place)
        RETURNING seq, leaf_hash)
    SELECT string_agg(leaf_hash, ''::bytea ORDER BY seq) INTO leaves FROM recorded_events;
    RETURN leaves;
END $$;

CREATE FUNCTION append_batch(
    overlapping boolean,
    c_key_scope text[], c_key text[], c_fingerprint bytea[], c_lease text[], c_epoch bigint[],
    c_first_write integer[], c_writes integer[], c_first_event integer[], c_events integer[],
    c_first_claim integer[], c_claims integer[],
    w_stream text[], w_expected integer[], w_count integer[], w_closes boolean[],
    e_write integer[], e_position integer[], e_stream text[], e_type text[], e_schema integer[], e_payload text[],
    e_metadata text[],
    k_take boolean[], k_scope text[], k_folded text[], k_name text[], k_stream text[],
    receipt_lifetime interval, stream_limit integer, expected_epoch uuid, seen_seq bigint
) RETURNS SETOF append_outcome
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
    SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tip_row  log_tip;
    tip      bigint;
    recorded timestamptz;
    fine     boolean;
    leaves   bytea := '';
    keyed    integer;
    received integer;
    answer   append_outcome;
    w1 integer; w2 integer; e1 integer; e2 integer; k1 integer; k2 integer;
BEGIN
    PERFORM FROM log_store FOR UPDATE;
    SELECT * INTO STRICT tip_row FROM log_tip;
    IF tip_row.store_epoch <> expected_epoch THEN
        RAISE EXCEPTION 'the log is of store epoch %, not %', tip_row.store_epoch, expected_epoch
            USING ERRCODE = 'WE001';
    ELSIF tip_row.last_seq < seen_seq THEN
        RAISE EXCEPTION 'the log ends at seq %, but events up to % were seen', tip_row.last_seq, seen_seq
            USING ERRCODE = 'WE002';
    END IF;
    IF (tip_row.last_seq + cardinality(e_write)) / tip_row.partition_size
        > tip_row.last_seq / tip_row.partition_size THEN
        -- Whoever prepares partitions ahead of need is late: they are made now.
        PERFORM prepare_partitions(tip_row.last_seq + cardinality(e_write));
    END IF;
    tip := tip_row.last_seq;
    recorded := greatest(clock_timestamp(), tip_row.last_recorded_at);

    fine := NOT overlapping;
    IF fine AND cardinality(array_remove(c_lease, NULL)) > 0 THEN
        SELECT count(*) = 0 INTO fine
        FROM unnest(c_lease, c_epoch) AS c (lease, epoch)
        LEFT JOIN leases ON leases.name = c.lease
        WHERE c.lease IS NOT NULL AND leases.epoch IS DISTINCT FROM c.epoch;
    END IF;
    IF fine THEN
        BEGIN
            keyed := cardinality(array_remove(c_key, NULL));
            IF keyed > 0 THEN
                INSERT INTO command_receipts (scope, key, fingerprint, first_seq, last_seq, recorded_at, expires_at)
                SELECT c.scope, c.key, c.fingerprint, tip + c.first_event, tip + c.first_event + c.events - 1, recorded,
                    recorded + receipt_lifetime
                FROM unnest(c_key_scope, c_key, c_fingerprint, c_first_event, c_events)
                    AS c (scope, key, fingerprint, first_event, events)
                WHERE c.key IS NOT NULL
                ON CONFLICT DO NOTHING;
                GET DIAGNOSTICS received = ROW_COUNT;
                IF received < keyed THEN
                    RAISE EXCEPTION 'a key has a receipt' USING ERRCODE = 'WE003';
                END IF;
            END IF;
            leaves := record_events(tip, tip_row.last_block + 1, recorded, stream_limit,
                w_stream, w_expected, w_count, w_closes,
                e_write, e_position, e_stream, e_type, e_schema, e_payload, e_metadata,
                k_take, k_scope, k_folded, k_name, k_stream);
        EXCEPTION WHEN SQLSTATE 'WE003' THEN
            fine := false;
            leaves := '';
        END;
    END IF;

    IF fine THEN
        tip := tip + cardinality(e_write);
        RETURN QUERY SELECT place::integer, 0, tip_row.last_seq + first_event, tip_row.last_seq + first_event + events - 1,
            recorded, NULL::text, NULL::bigint, NULL::text
        FROM unnest(c_first_event, c_events) WITH ORDINALITY AS c (first_event, events, place);
    ELSE
        FOR i IN 1 .. cardinality(c_key) LOOP
            w1 := c_first_write[i]; w2 := w1 + c_writes[i] - 1;
            e1 := c_first_event[i]; e2 := e1 + c_events[i] - 1;
            k1 := c_first_claim[i]; k2 := k1 + c_claims[i] - 1;
            answer := check_command(i, recorded, c_key_scope[i], c_key[i], c_fingerprint[i], c_lease[i], c_epoch[i],
                w_stream[w1:w2], w_expected[w1:w2], w_count[w1:w2], stream_limit,
                k_take[k1:k2], k_scope[k1:k2], k_folded[k1:k2], k_name[k1:k2], k_stream[k1:k2]);
            IF answer.outcome = 0 THEN
                leaves := leaves || record_events(tip, tip_row.last_block + 1, recorded, stream_limit,
                    w_stream[w1:w2], w_expected[w1:w2], w_count[w1:w2], w_closes[w1:w2],
                    (SELECT array_agg(place - w1 + 1 ORDER BY number) FROM unnest(e_write[e1:e2]) WITH ORDINALITY
                        AS e (place, number)),
                    e_position[e1:e2], e_stream[e1:e2], e_type[e1:e2], e_schema[e1:e2], e_payload[e1:e2],
                    e_metadata[e1:e2],
                    k_take[k1:k2], k_scope[k1:k2], k_folded[k1:k2], k_name[k1:k2], k_stream[k1:k2]);
                answer.first_seq := tip + 1;
                tip := tip + c_events[i];
                answer.last_seq := tip;
                answer.recorded_at := recorded;
                IF c_key[i] IS NOT NULL THEN
                    INSERT INTO command_receipts AS known
                        (scope, key, fingerprint, first_seq, last_seq, recorded_at, expires_at)
                    VALUES (c_key_scope[i], c_key[i], c_fingerprint[i], answer.first_seq, tip, recorded,
                        recorded + receipt_lifetime)
                    -- One that has expired makes room.
                    ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint,
                        first_seq = excluded.first_seq, last_seq = excluded.last_seq,
                        recorded_at = excluded.recorded_at, expires_at = excluded.expires_at;
                END IF;
            END IF;
            RETURN NEXT answer;
        END LOOP;
    END IF;

    IF tip > tip_row.last_seq THEN
        INSERT INTO log_blocks (block, first_seq, last_seq, recorded_at, previous_hash, hash)
        VALUES (tip_row.last_block + 1, tip_row.last_seq + 1, tip, recorded, tip_row.last_block_hash,
            sha256(tip_row.last_block_hash || int8send(tip_row.last_block + 1) || int8send(tip_row.last_seq + 1)
                || int8send(tip) || leaves));
    END IF;
END $$;

-- What stands in the way of one command, or outcome 0; under append_batch's settings.
CREATE FUNCTION check_command(
    command integer, recorded timestamptz,
    key_scope text, command_key text, command_fingerprint bytea, lease_name text, lease_epoch bigint,
    w_stream text[], w_expected integer[], w_count integer[], stream_limit integer,
    k_take boolean[], k_scope text[], k_folded text[], k_name text[], k_stream text[]
) RETURNS append_outcome
    LANGUAGE plpgsql AS $$
DECLARE
    answer  append_outcome;
    receipt command_receipts;
    obstacle record;
BEGIN
    answer.command := command;
    answer.outcome := 0;

    IF command_key IS NOT NULL THEN
        SELECT * INTO receipt FROM command_receipts
        WHERE scope = key_scope AND key = command_key AND expires_at > recorded;
        IF FOUND THEN
            answer.outcome := CASE WHEN receipt.fingerprint = command_fingerprint THEN 1 ELSE 2 END;
            answer.first_seq := receipt.first_seq;
            answer.last_seq := receipt.last_seq;
            answer.recorded_at := receipt.recorded_at;
            RETURN answer;
        END IF;
    END IF;

    IF lease_name IS NOT NULL
        AND lease_epoch IS DISTINCT FROM (SELECT epoch FROM leases WHERE name = lease_name) THEN
        answer.outcome := 3;
        answer.subject := lease_name;
        answer.found := lease_epoch;
        RETURN answer;
    END IF;

    SELECT w.stream, coalesce(head.version, 0) AS version, coalesce(head.closed, false) AS closed,
        w.expected IN (-1, coalesce(head.version, 0)) AS expected INTO obstacle
    FROM unnest(w_stream, w_expected, w_count) WITH ORDINALITY AS w (stream, expected, count, place)
    LEFT JOIN stream_heads AS head ON head.stream = w.stream
    WHERE head.closed OR w.expected NOT IN (-1, coalesce(head.version, 0))
        OR coalesce(head.version, 0) + w.count > stream_limit
    ORDER BY w.place LIMIT 1;
    IF FOUND THEN
        answer.outcome := CASE WHEN obstacle.closed THEN 4 WHEN obstacle.expected THEN 7 ELSE 5 END;
        answer.subject := obstacle.stream;
        answer.found := obstacle.version;
        RETURN answer;
    END IF;

    SELECT k.scope, k.name, claims.stream INTO obstacle
    FROM unnest(k_take, k_scope, k_folded, k_name, k_stream) WITH ORDINALITY
        AS k (take, scope, folded, name, stream, place)
    JOIN claims ON claims.scope = k.scope AND claims.folded = k.folded
    WHERE k.take AND claims.stream <> k.stream
        AND NOT EXISTS (
            SELECT FROM unnest(k_take, k_scope, k_folded, k_stream) AS given (take, scope, folded, stream)
            WHERE NOT given.take AND given.scope = k.scope AND given.folded = k.folded
                AND given.stream = claims.stream)
    ORDER BY k.place LIMIT 1;
    IF FOUND THEN
        answer.outcome := 6;
        answer.subject := obstacle.name;
        answer.holder := obstacle.stream;
    END IF;
    RETURN answer;
END $$;

-- Begins a new store epoch, after a restore: processes and cursors of the former one are refused, and leases end.
-- For the schema's owner.
CREATE FUNCTION renew_store_epoch() RETURNS uuid
    LANGUAGE sql SET search_path = public, pg_temp AS $$
    UPDATE leases SET epoch = epoch + 1, expires_at = '-infinity';
    UPDATE log_store SET store_epoch = gen_random_uuid() RETURNING store_epoch
$$;

REVOKE EXECUTE ON FUNCTION append_batch, record_events, check_command, renew_store_epoch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_batch TO {{service}};
