package import FoundationEssentials

/// The id of one thing of a kind: a UUIDv7, written in lower case.
package struct Identifier<Subject>: Hashable, Sendable, Codable, LosslessStringConvertible, Comparable {
    package let uuid: UUID

    package init(_ uuid: UUID) {
        self.uuid = uuid
    }

    package init?(_ description: String) {
        guard let uuid = UUID(uuidString: description) else { return nil }
        self.uuid = uuid
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let identifier = Self(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "“\(text)” is not a UUID"))
        }
        self = identifier
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package var description: String { uuid.lowercasedText }

    package static func < (left: Self, right: Self) -> Bool {
        left.description < right.description
    }
}

package typealias WorkspaceID = Identifier<WorkspaceDecider>
package typealias ConnectionID = Identifier<ConnectionDecider>
package typealias JobID = Identifier<JobDecider>
package typealias RunID = Identifier<RunDecider>

/// One try to carry out a run: its id is the mark that travels to the engine.
package enum Attempt {}
package typealias AttemptID = Identifier<Attempt>
