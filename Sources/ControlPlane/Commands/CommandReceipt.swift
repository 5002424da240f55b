package import Domain

/// What a client is told about a command that was carried out.
package struct CommandReceipt<Subject>: Sendable {
    /// What the command was about.
    package let id: Identifier<Subject>
    /// The seq of its last event; nil when there was nothing to record, because it had been done before.
    package let seq: Int64?
    /// The version of the stream afterwards; nil in the replay of a creation.
    package let version: Int?
    /// Whether an earlier request under the same idempotency key did it.
    package let isReplay: Bool

    package init(id: Identifier<Subject>, seq: Int64?, version: Int?, isReplay: Bool) {
        self.id = id
        self.seq = seq
        self.version = version
        self.isReplay = isReplay
    }
}
