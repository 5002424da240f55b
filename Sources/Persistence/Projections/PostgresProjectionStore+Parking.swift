package import ControlPlane
import Domain
package import EventSourcing
import Postgres

extension PostgresProjectionStore {
    /// What is parked, of one read model or of all.
    package func parkedStreams(of name: String?) async throws -> [ParkedStream] {
        var parameters = PostgresParameters()
        parameters.add(name)
        return try await answering {
            try await pool.query(
                """
                SELECT p.*, (SELECT count(*) FROM event_log AS e WHERE e.stream = p.stream AND e.seq >= p.since_seq
                    AND e.seq <= v.cursor) AS events
                FROM projection_parked AS p JOIN projection_versions AS v USING (name, generation)
                WHERE p.state <> 'retried' AND v.state <> 'retired' AND ($1::text IS NULL OR p.name = $1)
                ORDER BY p.name, p.generation, p.since_seq
                """, parameters
            ).rows.map { row in
                ParkedStream(
                    projection: try row.decode("name"), generation: try row.decode("generation"),
                    stream: try row.decode("stream"), seq: try row.decode("since_seq"),
                    eventType: try row.decode("event_type"), sqlState: try row.decode("sql_state"),
                    message: try row.decode("message"), events: try row.decode("events"),
                    since: try row.decode("parked_at"))
            }
        }
    }

    /// Has the parked events of a read model tried again, of one stream or of all. Whoever projects does it.
    ///
    /// - Returns: How many streams that are.
    package func askRetry(of name: String, stream: String?) async throws -> Int {
        _ = try definition(name)
        var parameters = PostgresParameters(name)
        parameters.add(stream)
        return try await answering {
            try await pool.query(
                """
                UPDATE projection_parked SET state = 'asked'
                WHERE name = $1 AND state <> 'retried' AND ($2::text IS NULL OR stream = $2) RETURNING 1 AS one
                """, parameters
            ).rows.count
        }
    }

    /// How many streams of a read model wait for their retry.
    package func countAsked(of name: String) async throws -> Int {
        try await answering {
            try await pool.query(
                "SELECT count(*) AS count FROM projection_parked WHERE name = $1 AND state = 'asked'", .init(name)
            ).first?.decode("count") ?? 0
        }
    }

    package func retryParked(fence: LeaseFence) async throws {
        let asked = try await answering {
            try await pool.query(
                "SELECT name, generation, stream FROM projection_parked WHERE state = 'asked' ORDER BY since_seq"
            ).rows
        }
        for row in asked {
            let parameters = PostgresParameters(
                try row.decode("name", as: String.self), Int32(try row.decode("generation", as: Int.self)),
                try row.decode("stream", as: String.self))
            do {
                try await pool.withTransaction(under: fence) { connection in
                    _ = try await connection.query("SELECT retry_parked($1, $2, $3)", parameters)
                }
            } catch EventStoreError.unavailable(let why, _) {
                // Not the event's fault: it stays parked, and whoever asked is told why.
                var parameters = parameters
                parameters.add(String(why.prefix(500)))
                let all = parameters
                try await answering {
                    _ = try await pool.query(
                        """
                        UPDATE projection_parked SET state = 'parked', message = $4
                        WHERE name = $1 AND generation = $2 AND stream = $3 AND state = 'asked'
                        """, all)
                }
            }
        }
    }

    package func unnoted() async throws -> [ProjectionNote] {
        try await answering {
            let switched = try await pool.query(
                """
                SELECT name, version, generation, coalesce(compared_seq, cursor) AS seq,
                    coalesce(encode(content_digest, 'hex'), '') AS digest, difference IS NOT NULL AS different
                FROM projection_versions WHERE state = 'live' AND NOT noted
                """
            ).rows.map { row in
                ProjectionNote.switched(
                    ProjectionSwitched(
                        projection: try row.decode("name"), version: try row.decode("version"),
                        generation: try row.decode("generation"), comparedSeq: try row.decode("seq"),
                        contentDigest: try row.decode("digest"), isDifferent: try row.decode("different")))
            }
            let streams = try await pool.query(
                """
                SELECT p.*, p.state = 'retried' AS done, coalesce(p.through_seq, p.since_seq) AS last
                FROM projection_parked AS p JOIN projection_versions AS v USING (name, generation)
                WHERE NOT p.noted AND v.state NOT IN ('retired', 'scratch') ORDER BY p.since_seq LIMIT 1000
                """
            ).rows.map(Self.note)
            return switched + streams
        }
    }

    private static func note(_ row: PostgresRow) throws -> ProjectionNote {
        if try row.decode("done", as: Bool.self) {
            return .retried(
                ParkedRetried(
                    projection: try row.decode("name"), generation: try row.decode("generation"),
                    stream: try row.decode("stream"), fromSeq: try row.decode("since_seq"),
                    throughSeq: try row.decode("last")))
        }
        return .parked(
            EventParked(
                projection: try row.decode("name"), generation: try row.decode("generation"),
                stream: try row.decode("stream"), seq: try row.decode("since_seq"),
                eventType: try row.decode("event_type"), sqlState: try row.decode("sql_state")))
    }

    package func noted(_ note: ProjectionNote) async throws {
        try await answering {
            switch note {
            case .switched(let switched):
                _ = try await pool.query(
                    "UPDATE projection_versions SET noted = true WHERE name = $1 AND generation = $2",
                    .init(switched.projection, Int32(switched.generation)))
            case .parked(let parked):
                _ = try await pool.query(
                    """
                    UPDATE projection_parked SET noted = true
                    WHERE name = $1 AND generation = $2 AND stream = $3 AND since_seq = $4 AND state <> 'retried'
                    """, .init(parked.projection, Int32(parked.generation), parked.stream, parked.seq))
            case .retried(let retried):
                _ = try await pool.query(
                    """
                    DELETE FROM projection_parked
                    WHERE name = $1 AND generation = $2 AND stream = $3 AND state = 'retried'
                    """, .init(retried.projection, Int32(retried.generation), retried.stream))
            }
        }
    }
}
