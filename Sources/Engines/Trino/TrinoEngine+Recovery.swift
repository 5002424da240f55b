import ControlPlane
import Domain
import FoundationEssentials

extension TrinoEngine {
    /// How long Trino remembers every query after its end at least (`query.min-expire-age` is 15 minutes, unless the
    /// administrator has lowered it).
    private static let memory: TimeInterval = 10 * 60

    /// The stored URI leads nowhere: another process went on with it, the query was forgotten or given up, or the
    /// coordinator was started anew. What the query did is asked for by its id.
    func recover(_ known: TrinoHandle, _ attempt: EngineAttempt, on wire: TrinoWire) async throws -> Look {
        let isReadOnly = TrinoStatement.isReadOnly(attempt.statement)
        if let query = try await wire.information(of: known.queryID) {
            return try await look(known, query, isReadOnly: isReadOnly, on: wire)
        }
        if isReadOnly {
            return .neverStarted(proof: "Trino no longer knows query \(known.queryID), and it only reads")
        }
        // A registration runs never when nobody fetches its URI, so that this one costs nothing.
        let fresh = try await wire.register("SELECT 1", mark: nil)
        let isSameCoordinator = Self.coordinator(of: fresh.id) == Self.coordinator(of: known.queryID)
        if isSameCoordinator && known.phase == .registered && now() < known.registeredAt + Self.memory {
            return .neverStarted(
                proof: """
                    its URI never answered, and the coordinator, which remembers every query for longer than that, \
                    does not know query \(known.queryID)
                    """)
        }
        return .cannotTell(
            """
            \(isSameCoordinator ? "Trino has forgotten" : "Trino was restarted and does not know") query \
            \(known.queryID): look at the statement's target (an Iceberg table names it as trino_query_id in the summary \
            of its snapshot) and say whether it took effect
            """)
    }

    private func look(
        _ known: TrinoHandle, _ query: TrinoQueryInfo, isReadOnly: Bool, on wire: TrinoWire
    ) async throws -> Look {
        switch query.state {
        case "FAILED": return Look(query.error, isReadOnly: isReadOnly)
        case "FINISHED" where !isReadOnly: return .ended(.succeeded(rows: nil, updateCount: nil))
        case _ where isReadOnly:
            if query.state != "FINISHED" { try await wire.stop(query: known.queryID) }
            return .neverStarted(
                proof: "the rows of query \(known.queryID) can no longer be fetched, and it only reads")
        default:
            return .running(EngineProgress(state: query.state), rows: nil, try known.sealed())
        }
    }

    /// What all query ids of one start of a coordinator end with.
    static func coordinator(of queryID: String) -> Substring? {
        queryID.split(separator: "_").last
    }
}
