import Postgres

extension PostgresError {
    var isConnectionLost: Bool { if case .connectionLost = self { true } else { false } }
    var isNotConnected: Bool { if case .notConnected = self { true } else { false } }
    var isClosed: Bool { if case .closed = self { true } else { false } }
    var isPoolExhausted: Bool { if case .poolExhausted = self { true } else { false } }
    var isPoolTimeout: Bool { if case .poolTimeout = self { true } else { false } }
}
