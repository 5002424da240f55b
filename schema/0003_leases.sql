-- Leases, by the database's clock alone.

-- Takes a lease that is free, has run out, or is the owner's already. Each change of owner raises the epoch.
-- Returns the epoch, or NULL when somebody else holds it.
CREATE FUNCTION acquire_lease(lease text, new_owner text, duration interval) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO leases AS held (name, owner, epoch, expires_at)
    VALUES (lease, new_owner, 1, clock_timestamp() + duration)
    ON CONFLICT (name) DO UPDATE
        SET owner = excluded.owner, epoch = held.epoch + 1, expires_at = excluded.expires_at
        WHERE held.expires_at <= clock_timestamp() OR held.owner = excluded.owner
    RETURNING epoch
$$;

-- Keeps a lease; false when it has another owner now.
CREATE FUNCTION renew_lease(lease text, lease_epoch bigint, duration interval) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH renewed AS (
        UPDATE leases SET expires_at = clock_timestamp() + duration
        WHERE name = lease AND epoch = lease_epoch RETURNING 1)
    SELECT EXISTS (SELECT FROM renewed)
$$;

-- Gives a lease back.
CREATE FUNCTION release_lease(lease text, lease_epoch bigint) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH released AS (
        UPDATE leases SET expires_at = '-infinity' WHERE name = lease AND epoch = lease_epoch RETURNING 1)
    SELECT EXISTS (SELECT FROM released)
$$;

-- Whether a lease is held under this epoch; it stays so until the caller's transaction ends.
CREATE FUNCTION hold_lease(lease text, lease_epoch bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM leases WHERE name = lease AND epoch = lease_epoch FOR SHARE;
    RETURN FOUND;
END $$;

REVOKE EXECUTE ON FUNCTION acquire_lease, renew_lease, release_lease, hold_lease FROM PUBLIC;
GRANT EXECUTE ON FUNCTION acquire_lease, renew_lease, release_lease, hold_lease TO {{service}};
