package import Cryptography
package import Domain
package import EventSourcing

/// Where passwords are. Write-only for everyone but the engines.
package protocol SecretStore: Sendable {
    /// Keeps a secret under a name, in place of an earlier one.
    func put(_ secret: Secret, named name: SecretName) async throws
    /// The secret, or nil when there is none under this name.
    ///
    /// - Throws: `UnopenableSecret`.
    func secret(named name: SecretName) async throws -> Secret?
}

/// What a secret belongs to.
package enum SecretName: Hashable, Sendable, CustomStringConvertible {
    case connection(ConnectionID)

    package var description: String {
        switch self {
        case .connection(let id): "connection/\(id)"
        }
    }
}

/// A sealed value is none of this key's, belongs to something else, or was changed. Which cannot be told.
package struct UnopenableSecret: Error, Hashable, CustomStringConvertible, Sendable {
    /// What it is the secret of.
    package let owner: String

    package init(owner: String) {
        self.owner = owner
    }

    package var description: String {
        "the secret of \(owner) does not open under this key: start all processes with the --key-file that it was sealed under, or create the connection anew"
    }
}

/// What belongs to attempts and is not in the log: the way back to the engine, and the rows of results.
package protocol AttemptStore: Sendable {
    /// Keeps a handle, and with it, in one transaction, the rows that were read to get it.
    ///
    /// - Parameters:
    ///   - limits: Rows beyond these are not kept, and the result is marked as truncated.
    ///   - fence: The lease under which the attempt is driven.
    /// - Throws: `TransactionFailure.fenced` when the lease has another owner: nothing is kept then.
    func keep(
        _ handle: EngineHandle, rows: ResultPage?, for attempt: AttemptID, of run: RunID, limits: ResultLimits,
        fence: LeaseFence
    ) async throws

    /// Keeps the last rows of an attempt that has succeeded and how many rows it changed, and forgets its handle.
    /// Nothing happens when that was done before.
    func finish(
        _ attempt: AttemptID, of run: RunID, rows: ResultPage?, updateCount: Int64?, limits: ResultLimits,
        fence: LeaseFence
    ) async throws

    /// The handle that was kept last; nil when there is none, or the attempt was finished.
    ///
    /// - Throws: `UnopenableSecret`.
    func handle(of attempt: AttemptID) async throws -> EngineHandle?

    /// The result of an attempt that was finished, in short; nil as long as it was not.
    func result(of attempt: AttemptID) async throws -> RunResult?

    /// Rows of an attempt's result, each a JSON array's text; `first` counts from 0, `limit` is at most 1,000.
    func rows(of attempt: AttemptID, from first: Int, limit: Int) async throws -> [String]
}

/// Who owns which role. An owner whose lease ran out is replaced, and the epoch rises.
package protocol LeaseStore: Sendable {
    /// Takes the lease when nobody else holds it.
    ///
    /// - Returns: The fence to act under, and whether the owner is a new one; nil when somebody else holds it.
    func acquire(_ name: String, owner: String, duration: Duration) async throws -> LeaseFence?
    /// Keeps the lease; false when it has another owner now.
    func renew(_ fence: LeaseFence, owner: String, duration: Duration) async throws -> Bool
    /// Gives the lease back, so that the next owner need not wait for its end.
    func release(_ fence: LeaseFence, owner: String) async throws
}
