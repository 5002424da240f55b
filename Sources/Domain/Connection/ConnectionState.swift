/// A connection as its history leaves it.
package struct ConnectionState: Hashable, Sendable {
    /// Nil as long as it does not exist.
    package var created: ConnectionCreated?
    package var lastCheck: ConnectionChecked?
}
