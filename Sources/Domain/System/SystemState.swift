/// A system stream only collects.
package struct SystemState: Hashable, Sendable {}
