/// What turns one version of an event's payload into the next: changes that are made one after the other.
///
/// An upcast is data, so that Swift (`PayloadChange+JSON.swift`) and the projections' SQL (Persistence) read an old
/// event by the same rule. Once a version is released, its upcast is never edited.
package typealias Upcast = [PayloadChange]

/// One change to a JSON payload.
///
/// Every change is total: what it does not find, or finds to be something else than it expects, it leaves as it is.
package enum PayloadChange: Hashable, Sendable {
    /// Adds a field where its object exists and has no field of this name; one that is `null` is there.
    case add(PayloadPath, PayloadValue)
    /// Takes a field away.
    case remove(PayloadPath)
    /// Puts a field elsewhere, or under another name. One that stands there is replaced. Nothing is moved when there is
    /// no object to take it.
    case move(PayloadPath, to: PayloadPath)
    /// Puts a field's value into an object of its own, under this name.
    case wrap(PayloadPath, in: String)
    /// Replaces a field's value by what the first entry that matches says; others stay.
    case map(PayloadPath, [PayloadMapping])

    /// Gives a field another name in the same object.
    package static func rename(_ path: PayloadPath, to name: String) -> PayloadChange {
        .move(path, to: PayloadPath(path.parent + [name]))
    }

    /// Puts fields of the payload itself into an object.
    package static func nest(_ fields: [String], in name: String) -> [PayloadChange] {
        [.add(PayloadPath([name]), .emptyObject)]
            + fields.map { .move(PayloadPath([$0]), to: PayloadPath([name, $0])) }
    }
}

/// Where a field stands in a payload: names of objects within one another, as in `progress.state`. It does not lead
/// through arrays.
package struct PayloadPath: Hashable, Sendable, ExpressibleByStringLiteral {
    /// Never empty; lower-case letters, digits and underscores, as all stored names are.
    package let names: [String]

    package init(_ names: [String]) {
        precondition(!names.isEmpty && names.allSatisfy(Self.isName), "\(names) is not the path of a field")
        self.names = names
    }

    package init(stringLiteral text: String) {
        self.init(text.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
    }

    package var name: String { names[names.count - 1] }
    package var parent: [String] { Array(names.dropLast()) }

    /// A digit in front would be an array's index to Postgres.
    private static func isName(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "_")
        }
        return isPlain && name.first.map { !$0.isNumber } == true
    }
}

/// A value that an upcast puts into a payload.
package enum PayloadValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    case emptyObject

    /// As JSON.
    package var json: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .string(let value): JSONObjectText.quoted(value)
        case .emptyObject: "{}"
        }
    }
}

/// What a value becomes.
package struct PayloadMapping: Hashable, Sendable {
    /// Numbers are left out: JSON writes one number in many ways.
    package enum Match: Hashable, Sendable {
        case string(String)
        case bool(Bool)
    }

    package let match: Match
    package let value: PayloadValue

    package init(_ match: Match, to value: PayloadValue) {
        self.match = match
        self.value = value
    }
}
