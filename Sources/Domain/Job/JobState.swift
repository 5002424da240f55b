/// A job as its history leaves it.
package struct JobState: Hashable, Sendable {
    /// Nil as long as it does not exist.
    package var created: JobCreated?
    /// The number of the newest version; 0 when there is none.
    package var version = 0
    package var definition: JobDefinition?
}
