/// A workspace as its history leaves it.
package struct WorkspaceState: Hashable, Sendable {
    /// Nil as long as it does not exist.
    package var name: String?
    package var description = ""

    package var exists: Bool { name != nil }
}
