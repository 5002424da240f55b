import Cryptography
import Domain

/// A read model as its file in projections/ says: tables, and what each event does to them.
struct ProjectionDefinition: Sendable {
    let name: String
    /// Raised with every change of the file.
    let version: Int
    /// The statements that make the tables and indexes.
    let tables: String
    /// The names of the tables.
    let relations: [String]
    /// What is done for each event type, in the order of the file.
    let handlers: [(type: String, statements: String)]
    /// SHA-256, in hex, of the file and of the upcasts through which it reads old events.
    let checksum: String

    /// Reads and checks a file.
    ///
    /// - Throws: `ProjectionFileError`, which names file and line.
    init(
        file: String, content: String, eventTypes: [String: [String]] = EventRegistry.typesByCategory
    ) throws(ProjectionFileError) {
        var reader = ProjectionFileReader(file: file, eventTypes: eventTypes)
        try reader.read(content)
        name = try reader.require(reader.name, "projection: NAME")
        version = try reader.require(reader.version, "version: NUMBER")
        tables = reader.tables
        relations = reader.relations
        handlers = reader.handlers
        checksum = SHA256Digest(of: (content + UpcastSQL.fingerprint(of: handlers.map(\.type))).utf8).description
        guard !relations.isEmpty else {
            throw reader.error("the file makes no table; add CREATE TABLE statements", line: 1)
        }
        try reader.requireEveryEvent()
    }

    /// The read models of this program.
    static func embedded() throws(ProjectionFileError) -> [ProjectionDefinition] {
        var definitions: [ProjectionDefinition] = []
        for file in EmbeddedSQL.files where file.folder == "projections" {
            definitions.append(try ProjectionDefinition(file: "projections/\(file.name)", content: file.content))
        }
        return definitions
    }
}

/// A mistake in a projection's file.
package struct ProjectionFileError: Error, CustomStringConvertible, Sendable {
    package let file: String
    package let line: Int
    package let message: String

    package var description: String { "\(file):\(line): \(message)" }
}
