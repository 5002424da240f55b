/// What can be asked of a workspace.
package enum WorkspaceCommand: Hashable, Sendable {
    /// Makes a workspace. Its name is unique among all workspaces.
    case create(name: String, description: String)
    /// Changes what people read about it.
    case describe(description: String)
}
