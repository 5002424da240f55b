/// What every command answers.
package struct CommandAnswer: Codable, Hashable, Sendable {
    /// What the command was about, or made.
    package let id: String
    /// The seq of the command's last event, for `Weir-Min-Seq`; absent when there was nothing to record.
    package let seq: Int64?
    /// The version of the resource afterwards; absent when a creation is replayed.
    package let version: Int?

    package init(id: String, seq: Int64?, version: Int?) {
        self.id = id
        self.seq = seq
        self.version = version
    }
}
