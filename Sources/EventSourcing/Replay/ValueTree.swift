import FoundationEssentials

/// A value of the domain as people and programs read it: what a state or a command holds, by the names of its parts.
package indirect enum ValueTree: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case text(String)
    case list([ValueTree])
    case object([Member])

    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: ValueTree
    }

    /// Reads a value by reflection: it need not be encodable.
    package init(reflecting value: Any) {
        switch value {
        case let value as Bool: self = .bool(value)
        case let value as any BinaryInteger: self = .number("\(value)")
        case let value as any BinaryFloatingPoint: self = .number("\(value)")
        case let value as String: self = .text(value)
        case let value as Date: self = .text(value.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        case let value as any RawRepresentable: self = ValueTree(reflecting: value.rawValue)
        case let value as any LosslessStringConvertible: self = .text(value.description)
        default: self = Self.parts(of: value)
        }
    }

    private static func parts(of value: Any) -> ValueTree {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { ValueTree(reflecting: $0.value) } ?? .null
        case .collection, .set: return .list(mirror.children.map { ValueTree(reflecting: $0.value) })
        case .dictionary:
            let members = mirror.children.compactMap { child -> Member? in
                let pair = Array(Mirror(reflecting: child.value).children)
                guard pair.count == 2 else { return nil }
                return Member(name: "\(pair[0].value)", value: ValueTree(reflecting: pair[1].value))
            }
            return .object(members.sorted { $0.name < $1.name })
        case .enum:
            guard let child = mirror.children.first else { return .text("\(value)") }
            return .object([Member(name: child.label ?? "", value: associated(child.value))])
        case .struct, .class, .tuple, .foreignReference, nil:
            return .object(
                mirror.children.map { Member(name: $0.label ?? "", value: ValueTree(reflecting: $0.value)) })
        @unknown default: return .text("\(value)")
        }
    }

    /// What an enum's case holds: of one value alone, the value; of several, each by its label.
    private static func associated(_ value: Any) -> ValueTree {
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .tuple else { return ValueTree(reflecting: value) }
        if mirror.children.count == 1, let only = mirror.children.first { return ValueTree(reflecting: only.value) }
        return .object(
            mirror.children.enumerated().map { index, child in
                let label = child.label.flatMap { $0.hasPrefix(".") ? nil : $0 }
                return Member(name: label ?? "\(index)", value: ValueTree(reflecting: child.value))
            })
    }

    /// As JSON, on one line.
    package var json: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let text): text
        case .text(let text): JSONObjectText.quoted(text)
        case .list(let values): "[\(values.map(\.json).joined(separator: ","))]"
        case .object(let members):
            "{\(members.map { "\(JSONObjectText.quoted($0.name)):\($0.value.json)" }.joined(separator: ","))}"
        }
    }

    /// As lines for people: a name and its value each, what is within indented.
    package func lines(indent: String = "") -> [String] {
        switch self {
        case .object(let members):
            members.flatMap { member in
                member.value.oneLine.map { ["\(indent)\(member.name): \($0)"] }
                    ?? ["\(indent)\(member.name):"] + member.value.lines(indent: indent + "  ")
            }
        case .list(let values):
            values.flatMap { value in
                value.oneLine.map { ["\(indent)- \($0)"] } ?? ["\(indent)-"] + value.lines(indent: indent + "  ")
            }
        case .null, .bool, .number, .text: ["\(indent)\(oneLine ?? "")"]
        }
    }

    private var oneLine: String? {
        switch self {
        case .null: "none"
        case .bool(let value): value ? "yes" : "no"
        case .number(let text): text
        case .text(let text): text.contains("\n") ? JSONObjectText.quoted(text) : text
        case .list(let values): values.isEmpty ? "none" : nil
        case .object(let members): members.isEmpty ? "none" : nil
        }
    }
}
