/// What can be asked of a connection.
package enum ConnectionCommand: Hashable, Sendable {
    /// Makes a connection. Its name is unique in its workspace. A secret, if it has one, is stored before.
    case create(workspace: WorkspaceID, name: String, settings: ConnectionSettings, hasSecret: Bool)
    /// Notes what a check found.
    case recordCheck(ConnectionChecked)
}
