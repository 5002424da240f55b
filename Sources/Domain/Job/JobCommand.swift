/// What can be asked of a job.
package enum JobCommand: Hashable, Sendable {
    /// Makes a job with its first version. Its name is unique in its workspace.
    case create(workspace: WorkspaceID, name: String, definition: JobDefinition)
    /// Adds a version; runs that are requested from now on use it.
    case publishVersion(JobDefinition)
}
