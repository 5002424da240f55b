import Domain
import Postgres

extension RunFailure {
    /// Classes of SQLSTATE by which a server says that it takes nothing at the moment: connection, resources, state,
    /// operator intervention, system, internal error.
    private static let passingClasses: Set<Substring> = ["08", "53", "55", "57", "58", "XX"]

    /// Why an attempt could not begin. What passes by itself is tried again; what the server refuses, it refuses again.
    init(connecting error: any Error) {
        let sqlState = (error as? PostgresError)?.sqlState
        let passes = sqlState.map { Self.passingClasses.contains($0.prefix(2)) } ?? true
        let (code, advice) =
            switch sqlState {
            case nil: ("ENGINE_UNREACHABLE", "Check the connection's host and port, and that Postgres is up.")
            case "28P01": ("28P01", "Check the connection's user and password.")
            case _ where passes:
                (
                    "ENGINE_UNREACHABLE",
                    "Check that Postgres is up, and how many connections it, the database and the user may have."
                )
            default: ("CONNECTION_REFUSED", "Check the connection's database, user and rights.")
            }
        self.init(
            code: code, fault: passes ? .infrastructure : .user,
            message: "Postgres could not be used: \(error). \(advice)", isRetryable: passes)
    }

    /// Why a statement failed; its transaction was rolled back, so that nothing of it is left.
    init(statement error: any Error) {
        guard case PostgresError.server(let server) = error else {
            self.init(code: "ENGINE_ERROR", fault: .engine, message: "\(error)", isRetryable: false)
            return
        }
        let place = server.position.map { " (at character \($0))" } ?? ""
        let sqlClass = server.sqlState.prefix(2)
        let fault: Fault =
            switch sqlClass {
            case "53", "58", "XX": .engine
            case "08", "57": .infrastructure
            default: .user
            }
        // Serialization failures and deadlocks pass by themselves.
        let passes = sqlClass == "40" || fault == .infrastructure || sqlClass == "53"
        self.init(
            code: server.sqlState, fault: sqlClass == "40" ? .engine : fault,
            message: "\(PostgresError.server(server))\(place)", isRetryable: passes)
    }
}
