import ControlPlane
import Cryptography
import Domain

/// A read model as its file in projections/ says: tables, and what each event does to them.
struct ProjectionDefinition: Sendable {
    let name: String
    /// Raised with every change of the file.
    let version: Int
    /// Whether the rows of the past are kept, each with the seqs between which it was the present one.
    private(set) var isTimeTravelled: Bool
    /// Which tables and columns do not mean what they meant in the version before.
    let changes: [Change]
    /// The statements that make the tables, and what the handlers need of indexes.
    let tables: [Statement]
    /// What only readers need, such as indexes: made when a generation has caught up.
    let beforeSwitch: [Statement]
    let relations: [Relation]
    /// What is done for each event type, in the order of the file.
    let handlers: [Handler]
    let file: String
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
        isTimeTravelled = reader.isTimeTravelled
        changes = reader.changes
        beforeSwitch = reader.beforeSwitch
        relations = reader.relations
        handlers = reader.handlers
        self.file = file
        checksum = SHA256Digest(of: (content + UpcastSQL.fingerprint(of: handlers.map(\.type))).utf8).description
        guard !relations.isEmpty else {
            throw reader.error("the file makes no table; add CREATE TABLE statements", line: 1)
        }
        try reader.requireEveryEvent()
    }

    func withTimeTravel(_ isOn: Bool) -> ProjectionDefinition {
        var copy = self
        copy.isTimeTravelled = isOn
        return copy
    }

    /// The read models of this program.
    static func embedded() throws(ProjectionFileError) -> [ProjectionDefinition] {
        var definitions: [ProjectionDefinition] = []
        for file in EmbeddedSQL.files where file.folder == "projections" {
            definitions.append(try ProjectionDefinition(file: "projections/\(file.name)", content: file.content))
        }
        try requireOwnNames(definitions)
        return definitions
    }

    /// Readers see all tables side by side.
    static func requireOwnNames(_ definitions: [ProjectionDefinition]) throws(ProjectionFileError) {
        var owners: [String: String] = [:]
        for definition in definitions {
            for relation in definition.relations {
                if let owner = owners.updateValue(definition.file, forKey: relation.name) {
                    throw ProjectionFileError(
                        file: definition.file, line: relation.line,
                        message: "\(owner) makes a table \(relation.name), too; give this one another name")
                }
            }
        }
    }
}

extension ProjectionDefinition {
    /// One statement of the file, and the line on which it begins.
    struct Statement: Hashable, Sendable {
        var line: Int
        var text: String
    }

    /// A table that readers see.
    struct Relation: Hashable, Sendable {
        let name: String
        let line: Int
        /// The category of streams of which each has one row, under its id; nil when statements say what is in it.
        let category: String?
    }

    /// What is done for one event type: either assignments to the row of its stream, or statements.
    struct Handler: Hashable, Sendable {
        let type: String
        /// Where it says `-- on:`; the statements begin on the next line.
        let line: Int
        var statements: String
        /// The table of the row that it assigns to; nil when it has statements.
        var row: String?
    }

    /// A table, or one of its columns, whose meaning is another than in the version before.
    struct Change: Hashable, Sendable {
        let relation: String
        let column: String?
        let line: Int
    }
}
