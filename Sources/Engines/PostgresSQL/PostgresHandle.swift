import ControlPlane
import Cryptography
import FoundationEssentials

/// What leads back to an attempt in Postgres: its transaction, which tells for ever whether it was committed.
struct PostgresHandle: Codable, Sendable {
    enum Phase: String, Codable {
        /// The transaction is open; the statement has not been sent, or its rows are being read.
        case open
        /// All rows are read and stored: the transaction may be committed.
        case readyToCommit
    }

    /// The transaction's id (`xid8`), as text.
    let transaction: String
    /// The server's process.
    let processID: Int
    var phase = Phase.open
    var rowsRead = 0
    var updateCount: Int64?

    init(transaction: String, processID: Int) {
        self.transaction = transaction
        self.processID = processID
    }

    init(_ handle: EngineHandle) throws {
        self = try JSONDecoder().decode(PostgresHandle.self, from: Data(handle.state.reveal().utf8))
    }

    func sealed() throws -> EngineHandle {
        let state = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        return EngineHandle(externalID: "transaction \(transaction)", link: nil, state: Secret(state))
    }
}
