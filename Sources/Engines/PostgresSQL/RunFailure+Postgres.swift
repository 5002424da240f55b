import Domain
import Postgres

extension RunFailure {
    /// Why an attempt could not begin.
    init(connecting error: any Error) {
        let text = "\(error)"
        // The server answered: what it refuses, it refuses again.
        let isRefused =
            text.contains("FATAL:") && !text.contains("starting up") && !text.contains("shutting down")
            && !text.contains("too many clients")
        let isPassword = text.contains("password authentication failed")
        self.init(
            code: isPassword ? "28P01" : isRefused ? "CONNECTION_REFUSED" : "ENGINE_UNREACHABLE",
            fault: isRefused ? .user : .infrastructure,
            message: "Postgres could not be used: \(text). "
                + (isPassword
                    ? "Check the connection's user and password."
                    : isRefused
                        ? "Check the connection's database, user and rights."
                        : "Check the connection's host and port, and that Postgres is up."),
            isRetryable: !isRefused)
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
