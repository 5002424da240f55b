/// What went wrong between this process and a Postgres server.
package enum PostgresError: Error, Sendable {
    /// The server refused a statement or the session.
    case server(ServerError)
    /// There is no connection, and nothing was sent. The text is libpq's, without the password; the SQLSTATE is there
    /// when a server answered and refused the session, or wants a password that was not given (28P01).
    case notConnected(String, sqlState: String? = nil)
    /// The connection broke while a statement was under way: it may or may not have been carried out.
    case connectionLost(String)
    /// The connection or pool was closed by its owner.
    case closed
    /// The caller gave it up before it was sent. Async calls throw `CancellationError` in its place.
    case cancelled
    /// A pool has no free connection, and as many callers as it takes are waiting.
    case poolExhausted(waiting: Int)
    /// No connection became free in time.
    case poolTimeout(Duration)
    /// A value could not be read as what was asked for.
    case decoding(String)
    /// The statement cannot be run in this way.
    case unsupported(String)

    /// The SQLSTATE, where the server gave one.
    package var sqlState: String? {
        switch self {
        case .server(let error): error.sqlState
        case .notConnected(_, let sqlState): sqlState
        case .connectionLost, .closed, .cancelled, .poolExhausted, .poolTimeout, .decoding, .unsupported: nil
        }
    }
}

/// An error report of the server (PostgreSQL documentation, “Error and Notice Message Fields”).
package struct ServerError: Error, Hashable, Sendable {
    /// Five characters, as in `42P01`.
    package let sqlState: String
    /// `ERROR`, `FATAL` or `PANIC`, never translated.
    package let severity: String
    package let message: String
    package let detail: String?
    package let hint: String?
    /// The character of the statement at which the error was found, from 1.
    package let position: Int?
    package let table: String?
    package let column: String?
    package let constraint: String?

    package init(
        sqlState: String, severity: String, message: String, detail: String? = nil, hint: String? = nil,
        position: Int? = nil, table: String? = nil, column: String? = nil, constraint: String? = nil
    ) {
        self.sqlState = sqlState
        self.severity = severity
        self.message = message
        self.detail = detail
        self.hint = hint
        self.position = position
        self.table = table
        self.column = column
        self.constraint = constraint
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .server(let error):
            [error.message, error.detail, error.hint].compactMap(\.self).joined(separator: "; ")
                + " (SQLSTATE \(error.sqlState))"
        case .notConnected(let why, let sqlState):
            "not connected to Postgres: \(why)" + (sqlState.map { " (SQLSTATE \($0))" } ?? "")
        case .connectionLost(let why): "the connection to Postgres was lost: \(why)"
        case .closed: "the connection was closed"
        case .cancelled: "it was cancelled before it was sent"
        case .poolExhausted(let waiting): "all connections are in use, and \(waiting) callers wait already"
        case .poolTimeout(let time): "no connection became free within \(time)"
        case .decoding(let why): "a value could not be read: \(why)"
        case .unsupported(let why): why
        }
    }
}
