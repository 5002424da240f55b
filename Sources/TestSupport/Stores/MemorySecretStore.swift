package import ControlPlane
package import Cryptography
import Synchronization

/// Secrets in memory.
package final class MemorySecretStore: SecretStore {
    private let secrets = Mutex<[SecretName: Secret]>([:])
    private let isKeyLost = Mutex(false)

    package init() {}

    package func put(_ secret: Secret, named name: SecretName) async throws {
        try Task.checkCancellation()
        secrets.withLock { $0[name] = secret }
    }

    package func secret(named name: SecretName) async throws -> Secret? {
        try Task.checkCancellation()
        guard !isKeyLost.withLock(\.self) else { throw UnopenableSecret(owner: name.description) }
        return secrets.withLock { $0[name] }
    }

    /// From now on nothing opens, as with another key.
    package func loseKey() {
        isKeyLost.withLock { $0 = true }
    }

    /// How many there are.
    package var count: Int { secrets.withLock { $0.count } }
}
