package import Domain
package import EventSourcing

/// The engines that this process can speak to, and the way from a connection to its engine.
package struct EngineDirectory: Sendable {
    private let engines: [EngineKind: any Engine]
    private let transactor: Transactor
    private let secrets: any SecretStore

    /// - Parameter engines: One for each `EngineKind`.
    package init(engines: [any Engine], transactor: Transactor, secrets: any SecretStore) {
        self.engines = Dictionary(uniqueKeysWithValues: engines.map { ($0.kind, $0) })
        self.transactor = transactor
        self.secrets = secrets
        precondition(EngineKind.allCases.allSatisfy { self.engines[$0] != nil }, "an engine is missing")
    }

    package func engine(for kind: EngineKind) -> any Engine {
        guard let engine = engines[kind] else { preconditionFailure("no engine serves \(kind)") }
        return engine
    }

    /// Where a connection leads, with its password.
    ///
    /// - Throws: `DomainRejection` when there is no such connection; `UnopenableSecret`.
    package func target(_ id: ConnectionID) async throws -> EngineTarget {
        let created = try await transactor.requireConnection(id)
        let password = created.hasSecret ? try await secrets.secret(named: .connection(id)) : nil
        return EngineTarget(connection: id, settings: created.settings, password: password)
    }

    /// The same without the password.
    ///
    /// - Throws: `DomainRejection` when there is no such connection.
    func settings(_ id: ConnectionID) async throws -> ConnectionSettings {
        try await transactor.requireConnection(id).settings
    }
}
