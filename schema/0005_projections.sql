-- Read models: which there are, how far each has come, and how each takes in the log.

-- One row for each generation: one making of a read model, with a schema of its own for its tables.
CREATE TABLE projection_versions (
    name            text        NOT NULL,
    generation      integer     NOT NULL,   -- rises with each new version and each rebuild
    version         integer     NOT NULL,   -- of the file in projections/
    checksum        text        NOT NULL,   -- SHA-256 of that file
    schema_name     text        NOT NULL UNIQUE,
    relations       text[]      NOT NULL,   -- the tables that readers see through views in the schema projections
    types           text[]      NOT NULL,   -- the events that change something in them
    changes         text[]      NOT NULL DEFAULT '{}',  -- tables, and table.column, that mean something new
    time_travel     boolean     NOT NULL DEFAULT false,
    -- building: made beside the live one; live: readers see it; differs: it was compared and readers are not switched;
    -- retired: readers saw it, it is dropped soon; scratch: made to be compared, by whoever asked
    state           text        NOT NULL DEFAULT 'building'
                                CHECK (state IN ('building', 'live', 'differs', 'retired', 'scratch')),
    prepared        boolean     NOT NULL DEFAULT false, -- whether what only readers need is made
    cursor          bigint      NOT NULL DEFAULT 0,     -- every event up to this seq has been taken in
    -- The digest of their leaf hashes: digest is the chain over whole chunks of 32, tail the leaves after them.
    digest          bytea       NOT NULL DEFAULT sha256(''),
    tail            bytea       NOT NULL DEFAULT '',
    rearranged      boolean     NOT NULL DEFAULT false, -- whether parked events were taken in later than others
    compared_seq    bigint,                             -- where it was compared with the live one
    content_digest  bytea,
    difference      text,                               -- what the comparison found, for people
    accepted        boolean     NOT NULL DEFAULT false, -- an operator wants it in spite of that
    failure         text,                               -- why it does not go on
    noted           boolean     NOT NULL DEFAULT false, -- whether the log says that readers were switched
    created_at      timestamptz NOT NULL DEFAULT now(),
    switched_at     timestamptz,
    retired_at      timestamptz,
    PRIMARY KEY (name, generation)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX projection_versions_live ON projection_versions (name) WHERE state = 'live';

-- Streams of which a generation could not take in an event. That one and all later ones of the stream wait.
CREATE TABLE projection_parked (
    name        text        NOT NULL,
    generation  integer     NOT NULL,
    stream      text        NOT NULL,
    since_seq   bigint      NOT NULL,   -- the event that failed
    event_type  text        NOT NULL,
    sql_state   text        NOT NULL,
    message     text        NOT NULL,   -- for operators; it may quote the event
    state       text        NOT NULL DEFAULT 'parked' CHECK (state IN ('parked', 'asked', 'retried')),
    through_seq bigint,                 -- the last event that was taken in by a retry
    noted       boolean     NOT NULL DEFAULT false,
    parked_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, generation, stream),
    FOREIGN KEY (name, generation) REFERENCES projection_versions ON DELETE CASCADE
);

GRANT SELECT, INSERT, UPDATE, DELETE ON projection_versions, projection_parked TO {{service}};

-- Each generation has a schema of its own, which the service makes and drops.
DO $$
BEGIN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO {{service}}', current_database());
END $$;

-- The last seq that was recorded at a time or before; 0 when there is none. Times never fall as seqs rise.
CREATE FUNCTION seq_at(moment timestamptz) RETURNS bigint
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    low bigint; high bigint; middle bigint;
BEGIN
    SELECT coalesce(min(seq) - 1, 0) INTO low FROM event_log;
    SELECT last_seq INTO high FROM log_tip;
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF (SELECT recorded_at FROM event_log WHERE seq = middle) <= moment THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN low;
END $$;

-- The digest of the leaf hashes of all events taken in goes on from (digest, tail) over (after, through]. It is the same
-- however the range is cut: digest = SHA-256(digest || 32 leaves) for each whole chunk of 32. Fails on a gap.
CREATE FUNCTION chain_leaves(INOUT digest bytea, INOUT tail bytea, after bigint, through bigint)
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
    SET enable_seqscan = off SET jit = off AS $$
DECLARE
    chunk constant integer := 32 * 32;
    leaves bytea;
    place integer := 1;
BEGIN
    SELECT string_agg(leaf_hash, ''::bytea) INTO leaves
    FROM (SELECT leaf_hash FROM event_log WHERE seq > after AND seq <= through ORDER BY seq) AS ordered;
    IF octet_length(coalesce(leaves, '')) <> (through - after) * 32 THEN
        RAISE EXCEPTION 'the log lacks events between % and %', after, through USING ERRCODE = 'data_corrupted';
    END IF;
    tail := tail || coalesce(leaves, '');
    WHILE octet_length(tail) - place + 1 >= chunk LOOP
        digest := sha256(digest || substr(tail, place, chunk));
        place := place + chunk;
    END LOOP;
    tail := substr(tail, place);
END $$;

-- What chain_leaves has come to: generations that have come equally far share it.
CREATE TYPE leaf_chain AS (after bigint, through bigint, digest_before bytea, tail_before bytea, digest bytea, tail bytea);

-- The chain of a generation's leaves up to through; computed only if what is known is not it.
CREATE FUNCTION chain_for(g projection_versions, through bigint, known leaf_chain) RETURNS leaf_chain
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF (known.after, known.through, known.digest_before, known.tail_before)
        IS DISTINCT FROM (g.cursor, through, g.digest, g.tail)
    THEN
        SELECT g.cursor, through, g.digest, g.tail, c.digest, c.tail INTO known
        FROM chain_leaves(g.digest, g.tail, g.cursor, through) AS c;
    END IF;
    RETURN known;
END $$;

-- Keeps the rows that a table had: each in <table>_history, with the seqs between which it was the present one.
-- _from: the event that made the row as it is. The history's _to: the event that changed or removed it.
CREATE FUNCTION keep_history(relation text) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    place text := current_schema();
    key_types text; old_values text;
BEGIN
    SELECT string_agg(format('%I %s NOT NULL', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY n),
        string_agg(format('OLD.%I', attname), ', ' ORDER BY n)
    INTO STRICT key_types, old_values
    FROM pg_index, unnest(indkey) WITH ORDINALITY AS key (number, n), pg_attribute
    WHERE indrelid = format('%I.%I', place, relation)::regclass AND indisprimary AND attrelid = indrelid
        AND attnum = key.number;
    EXECUTE format('ALTER TABLE %I ADD COLUMN _from bigint NOT NULL', relation);
    EXECUTE format('ALTER TABLE %I ALTER _from SET DEFAULT current_setting(''weir.seq'')::bigint', relation);
    EXECUTE format('CREATE TABLE %I (%s, _to bigint NOT NULL, was %I NOT NULL)', relation || '_history', key_types,
        relation);
    EXECUTE format($function$
        CREATE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql AS $body$
        DECLARE
            seq constant bigint := current_setting('weir.seq');
        BEGIN
            IF OLD._from < seq THEN
                INSERT INTO %2$I.%3$I VALUES (%4$s, seq, OLD);
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            NEW._from := seq;
            RETURN NEW;
        END $body$
        $function$, 'keep_' || relation, place, relation || '_history', old_values);
    -- Where rows are stored by store_<table>, which is told of the past, weir.seq is empty.
    EXECUTE format($trigger$
        CREATE TRIGGER keep_history BEFORE UPDATE OR DELETE ON %I FOR EACH ROW
        WHEN (current_setting('weir.seq', true) <> '') EXECUTE FUNCTION %I()
        $trigger$, relation, 'keep_' || relation);
END $$;

-- Makes store_<table>, which stores the rows of streams, each at most once, and what they were before (past, rows of
-- <table>_history; without time travel, nothing). Their key is the column id.
CREATE FUNCTION keep_rows(relation text, time_travel boolean) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    place text := current_schema();
    past_type text := CASE WHEN time_travel THEN format('%I.%I', place, relation || '_history') ELSE 'text' END;
    assignments text;
BEGIN
    SELECT string_agg(format('%1$I = excluded.%1$I', attname), ', ' ORDER BY attnum) INTO STRICT assignments
    FROM pg_attribute
    WHERE attrelid = format('%I.%I', place, relation)::regclass AND attnum > 0 AND NOT attisdropped;
    EXECUTE format($function$
        CREATE FUNCTION %1$I(stored %2$I.%3$I[], past %4$s[]) RETURNS void LANGUAGE plpgsql AS $body$
        #variable_conflict use_column
        BEGIN
            INSERT INTO %2$I.%3$I SELECT s.* FROM unnest(stored) AS s ON CONFLICT (id) DO UPDATE SET %5$s;
            %6$s
        END $body$
        $function$, 'store_' || relation, place, relation, past_type, assignments,
        CASE WHEN time_travel THEN format('INSERT INTO %s SELECT p.* FROM unnest(past) AS p;', past_type) ELSE '' END);
END $$;

-- Makes what only readers of a table's history need.
CREATE FUNCTION index_history(relation text) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    key_columns text;
BEGIN
    SELECT string_agg(format('%I', attname), ', ' ORDER BY n) INTO STRICT key_columns
    FROM pg_index, unnest(indkey) WITH ORDINALITY AS key (number, n), pg_attribute
    WHERE indrelid = format('%I.%I', current_schema(), relation)::regclass AND indisprimary AND attrelid = indrelid
        AND attnum = key.number;
    EXECUTE format('CREATE INDEX ON %I (%s)', relation || '_history', key_columns);
    -- Rows are added in the order of _to, so that this index costs next to nothing.
    EXECUTE format('CREATE INDEX ON %I (_to)', relation || '_history');
END $$;

-- Whether a failure says something about the event, and not about the moment, the server or the program (class WE): it
-- would come again.
CREATE FUNCTION blames_event(state text) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS $$
    SELECT left(state, 2) NOT IN ('08', '25', '28', '40', '53', '54', '55', '57', '58', 'F0', 'WE', 'XX') AND state <> '42501'
$$;

-- Takes the events after a generation's cursor into its tables, up to through; stops earlier where events fail: these
-- are parked, with what follows in their streams. Returns how far it came. The caller has locked the generation, and moves
-- its cursor, not in a subtransaction: that would make a multixact of the lock and the change.
CREATE FUNCTION apply_range(g projection_versions, through bigint) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    careful_step constant bigint := 500;
    maximum_parked constant integer := 1000;
    sql constant text := format('SELECT %I.apply_events($1, $2, $3, NULL)', g.schema_name);
    reached bigint := through;
    parked text[];
    event record;
    message text;
BEGIN
    SELECT array_agg(stream) INTO parked FROM projection_parked
    WHERE name = g.name AND generation = g.generation AND state <> 'retried';
    BEGIN
        EXECUTE sql USING g.cursor, through, parked;
    EXCEPTION WHEN OTHERS THEN
        IF NOT blames_event(SQLSTATE) THEN
            RAISE;
        END IF;
        reached := least(through, g.cursor + careful_step);
        FOR event IN SELECT seq, stream, type FROM event_log WHERE seq > g.cursor AND seq <= reached
            ORDER BY seq
        LOOP
            CONTINUE WHEN event.stream = ANY (parked);
            BEGIN
                EXECUTE sql USING event.seq - 1, event.seq, NULL::text[];
            EXCEPTION WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
                IF NOT blames_event(SQLSTATE) THEN
                    RAISE;
                END IF;
                IF cardinality(parked) >= maximum_parked THEN
                    RAISE EXCEPTION 'more than % streams are parked; the last one, at seq %: %', maximum_parked,
                        event.seq, message USING ERRCODE = 'program_limit_exceeded';
                END IF;
                INSERT INTO projection_parked AS p
                    (name, generation, stream, since_seq, event_type, sql_state, message)
                VALUES (g.name, g.generation, event.stream, event.seq, event.type, SQLSTATE, left(message, 500))
                ON CONFLICT (name, generation, stream) DO UPDATE SET since_seq = excluded.since_seq,
                    event_type = excluded.event_type, sql_state = excluded.sql_state, message = excluded.message,
                    state = 'parked', through_seq = NULL, noted = false, parked_at = now();
                parked := parked || event.stream;
            END;
        END LOOP;
    END;
    RETURN reached;
END $$;

-- Takes the events after a generation's cursor into it, up to through, and moves the cursor with them (apply_range).
-- Returns the cursor.
CREATE FUNCTION take_events(projection text, generation_number integer, through bigint) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    g projection_versions;
    chain leaf_chain;
BEGIN
    SELECT * INTO STRICT g FROM projection_versions WHERE name = projection AND generation = generation_number
    FOR UPDATE;
    IF through <= g.cursor THEN
        RETURN g.cursor;
    END IF;
    chain := chain_for(g, apply_range(g, through), NULL);
    UPDATE projection_versions SET cursor = chain.through, digest = chain.digest, tail = chain.tail, failure = NULL
    WHERE name = projection AND generation = generation_number;
    RETURN chain.through;
END $$;

-- Takes the next events into all live generations, at most step into each, under the projector's lease, and with each
-- live one into those that are made beside it and have come as far: these stay at one seq from then on, so that any
-- snapshot shows the same events in both. One that fails does not hold up the others; its failure is kept.
-- Returns one row for each live generation.
CREATE FUNCTION advance_projections(lease text, lease_epoch bigint, step bigint, except_names text[])
    RETURNS TABLE (projection text, reached bigint, head bigint, failed text)
    LANGUAGE plpgsql SET search_path = public, pg_temp
    SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    -- How far one may be behind the live one to be brought up with it.
    nearness constant bigint := 500;
    live projection_versions;
    beside projection_versions;
    target bigint;
    lowest bigint;
    message text;
    present text[];
    accompanied text[];
    chain leaf_chain;
    -- The generations that take the step, and what their chains come to.
    names text[] := '{}';
    generations integer[] := '{}';
    chains leaf_chain[] := '{}';
BEGIN
    IF NOT hold_lease(lease, lease_epoch) THEN
        RAISE EXCEPTION 'the lease % has another owner', lease USING ERRCODE = 'WEI01';
    END IF;
    -- What is lost in a crash is made again from the log: no need to wait for the disk.
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT last_seq INTO head FROM log_tip;
    SELECT coalesce(min(cursor) FILTER (WHERE state = 'live'), head),
        coalesce(array_agg(name) FILTER (WHERE state IN ('building', 'differs') AND prepared), '{}')
    INTO lowest, accompanied FROM projection_versions;
    IF head - lowest <= step THEN
        -- Most read models have nothing to do with most steps.
        SELECT coalesce(array_agg(DISTINCT type), '{}') INTO present FROM event_log WHERE seq > lowest AND seq <= head;
    END IF;
    FOR live IN SELECT * FROM projection_versions WHERE state = 'live' ORDER BY name FOR UPDATE LOOP
        projection := live.name;
        reached := live.cursor;
        failed := NULL;
        IF live.cursor < head AND live.name <> ALL (except_names) THEN
            IF live.name = ANY (accompanied) THEN
                FOR beside IN SELECT * FROM projection_versions AS v
                    WHERE v.name = live.name AND state IN ('building', 'differs') AND prepared
                        AND v.cursor BETWEEN live.cursor - nearness AND live.cursor - 1
                    FOR UPDATE SKIP LOCKED
                LOOP
                    BEGIN
                        PERFORM take_events(beside.name, beside.generation, live.cursor);
                    EXCEPTION WHEN OTHERS THEN
                        GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
                        UPDATE projection_versions AS v SET failure = SQLSTATE || ': ' || message
                        WHERE v.name = beside.name AND v.generation = beside.generation;
                    END;
                END LOOP;
            END IF;
            BEGIN
                target := least(head, live.cursor + step);
                IF present IS NULL OR present && live.types THEN
                    target := apply_range(live, target);
                END IF;
                chain := chain_for(live, target, chain);
                reached := target;
            EXCEPTION WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
                failed := SQLSTATE || ': ' || message;
            END;
            IF failed IS NOT NULL THEN
                UPDATE projection_versions AS v SET failure = failed
                WHERE v.name = live.name AND v.generation = live.generation;
            ELSE
                names := names || live.name;
                generations := generations || live.generation;
                chains := chains || chain;
            END IF;
            IF failed IS NULL AND live.name = ANY (accompanied) THEN
                FOR beside IN SELECT * FROM projection_versions AS v
                    WHERE v.name = live.name AND state IN ('building', 'differs') AND prepared
                        AND v.cursor = live.cursor
                    FOR UPDATE SKIP LOCKED
                LOOP
                    BEGIN
                        target := reached;
                        IF present IS NULL OR present && beside.types THEN
                            target := apply_range(beside, target);
                        END IF;
                        -- First what may fail: variables keep what they had got before.
                        chains := chains || chain_for(beside, target, chain);
                        names := names || beside.name;
                        generations := generations || beside.generation;
                    EXCEPTION WHEN OTHERS THEN
                        GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
                        UPDATE projection_versions AS v SET failure = SQLSTATE || ': ' || message
                        WHERE v.name = beside.name AND v.generation = beside.generation;
                    END;
                END LOOP;
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
    IF cardinality(names) > 0 THEN
        UPDATE projection_versions AS v SET cursor = m.through, digest = m.digest, tail = m.tail, failure = NULL
        FROM unnest(names, generations, chains) AS m (name, generation, after, through, digest_before, tail_before, digest, tail)
        WHERE v.name = m.name AND v.generation = m.generation;
    END IF;
END $$;

-- Takes the parked events of one stream in, in their order, as far as they go. Returns the seq of the one that fails
-- again, or NULL when the stream is no longer parked.
CREATE FUNCTION retry_parked(projection text, generation_number integer, parked_stream text) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    g projection_versions;
    parked projection_parked;
    event record;
    last_seq bigint;
    failed_seq bigint;
    reason text;
    sql text;
BEGIN
    SELECT * INTO STRICT g FROM projection_versions WHERE name = projection AND generation = generation_number
    FOR UPDATE;
    SELECT * INTO parked FROM projection_parked
    WHERE name = projection AND generation = generation_number AND stream = parked_stream AND state <> 'retried'
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    sql := format('SELECT %I.apply_events($1, $2, NULL, $3)', g.schema_name);
    FOR event IN SELECT seq, type FROM event_log
        WHERE stream = parked_stream AND seq >= parked.since_seq AND seq <= g.cursor ORDER BY version
    LOOP
        BEGIN
            -- Readers see them from now on: what they saw up to the cursor stays what they saw.
            EXECUTE sql USING event.seq - 1, event.seq, g.cursor + 1;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT;
            IF NOT blames_event(SQLSTATE) THEN
                RAISE;
            END IF;
            failed_seq := event.seq;
            UPDATE projection_parked SET since_seq = event.seq, event_type = event.type, sql_state = SQLSTATE,
                message = left(reason, 500), state = 'parked', noted = noted AND since_seq = event.seq
            WHERE name = projection AND generation = generation_number AND stream = parked_stream;
            EXIT;
        END;
        last_seq := event.seq;
    END LOOP;
    IF last_seq IS NOT NULL THEN
        UPDATE projection_versions SET rearranged = true WHERE name = projection AND generation = generation_number;
    END IF;
    IF failed_seq IS NULL THEN
        UPDATE projection_parked SET state = 'retried', through_seq = last_seq, noted = false
        WHERE name = projection AND generation = generation_number AND stream = parked_stream;
    END IF;
    RETURN failed_seq;
END $$;

REVOKE EXECUTE ON FUNCTION seq_at, chain_leaves, chain_for, keep_history, keep_rows, index_history, blames_event, apply_range,
    take_events, advance_projections, retry_parked FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seq_at, chain_leaves, chain_for, keep_history, keep_rows, index_history, blames_event, apply_range,
    take_events, advance_projections, retry_parked TO {{service}};
