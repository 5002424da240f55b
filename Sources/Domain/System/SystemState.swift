/// A system stream only collects; but a log begins once.
package struct SystemState: Hashable, Sendable {
    package var isInitialised = false

    package init(isInitialised: Bool = false) {
        self.isInitialised = isInitialised
    }
}
