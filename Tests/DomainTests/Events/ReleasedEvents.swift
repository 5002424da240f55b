import Domain
import EventSourcing
import Foundation
import TestSupport

/// The golden files of events: one at least for each version of each type that was ever released.
struct ReleasedEvents {
    /// What a file's name says: `events/run.started.v2.least.json`.
    struct File {
        let name: String
        let type: String
        let version: Int
    }

    static let manifest = "events.sha256"

    let files: [File]

    init() throws {
        // A file that is just being rewritten has a name with a full stop in front.
        files = try GoldenFolder().names(under: "events").filter { !$0.hasPrefix("events/.") }.map { name in
            guard let match = name.wholeMatch(of: /events\/([a-z]+\.[a-z_]+)\.v(\d+)(?:\.[a-z-]+)?\.json/),
                let version = Int(match.2)
            else { throw MisnamedFile(name: name) }
            return File(name: name, type: String(match.1), version: version)
        }
    }

    /// The names of the files of versions that are no longer written.
    static func former() throws -> [String] {
        let versions = Dictionary(uniqueKeysWithValues: EventRegistry.schemas.map { ($0.type, $0.version) })
        return try ReleasedEvents().files.filter { $0.version < versions[$0.type] ?? 0 }.map(\.name)
    }

    struct MisnamedFile: Error {
        let name: String
    }
}
