/// A security stream only collects.
package struct SecurityState: Hashable, Sendable {}
