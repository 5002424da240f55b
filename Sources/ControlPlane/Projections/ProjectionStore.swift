package import EventSourcing

/// Where read models are made of the log.
package protocol ProjectionStore: Sendable {
    /// Makes what this program's read models need and is not there yet. A changed one is built beside the live one.
    ///
    /// - Throws: What is wrong with a read model's definition, with file and line.
    func install(fence: LeaseFence) async throws

    /// Takes the next events into one generation, at most `limit`, and moves its cursor with them; switches readers to
    /// a generation that has caught up with the live one.
    ///
    /// - Returns: The generation as it is afterwards.
    /// - Throws: `TransactionFailure.fenced` when the lease has another owner.
    func advance(_ generation: ProjectionGeneration, limit: Int64, fence: LeaseFence) async throws
        -> ProjectionGeneration

    /// All generations, the live ones first.
    func generations() async throws -> [ProjectionGeneration]

    /// Says how far all live read models have come.
    func announce(_ seq: Int64) async throws

    /// Begins to build a read model anew beside the live one. Whoever projects takes it up.
    ///
    /// - Throws: `UnknownProjection`.
    func beginRebuild(_ name: String) async throws -> ProjectionGeneration
}

/// One making of a read model: a version of its file, and how far it has come.
package struct ProjectionGeneration: Hashable, Sendable {
    package let name: String
    package let generation: Int
    package let version: Int
    package let cursor: Int64
    /// Whether readers see it.
    package let isLive: Bool

    package init(name: String, generation: Int, version: Int, cursor: Int64, isLive: Bool) {
        self.name = name
        self.generation = generation
        self.version = version
        self.cursor = cursor
        self.isLive = isLive
    }
}

/// There is no read model of this name.
package struct UnknownProjection: Error, CustomStringConvertible, Sendable {
    package let name: String
    package let known: [String]

    package init(name: String, known: [String]) {
        self.name = name
        self.known = known
    }

    package var description: String {
        "there is no projection \(name); there are \(known.joined(separator: ", "))"
    }
}
