import EventSourcing
import TestSupport

/// Payloads of few names, so that paths meet what they expect, something else, and nothing.
enum RandomJSON {
    static let names = ["a", "b", "c_1"]
    private static let scalars = [
        "null", "true", "false", "0", "-1.50", "1e3", "12345678901234567890.5", #""""#, #""x""#, #""y""#,
        #""\u0078""#, #""tab\t \"quoted\" \\ \/""#, #""漢é\u00e9\ud83d\ude80""#, #""true""#,
    ]

    static func object(depth: Int, using generator: inout SeededGenerator) -> String {
        let members = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
            let name = (names + ["é", "b"]).randomElement(using: &generator) ?? ""
            return "\"\(name)\"\(space(&generator)):\(space(&generator))\(value(depth: depth - 1, using: &generator))"
        }
        return "{\(space(&generator))\(members.joined(separator: ","))}"
    }

    private static func value(depth: Int, using generator: inout SeededGenerator) -> String {
        if depth > 0, generator.chance(50) { return object(depth: depth, using: &generator) }
        if depth > 0, generator.chance(20) {
            return "[\(value(depth: depth - 1, using: &generator)),\(value(depth: depth - 1, using: &generator))]"
        }
        return scalars.randomElement(using: &generator) ?? "null"
    }

    private static func space(_ generator: inout SeededGenerator) -> String {
        generator.chance(20) ? " \n\t" : ""
    }
}

extension PayloadChange {
    static func any(using generator: inout SeededGenerator) -> PayloadChange {
        let path = PayloadPath.any(using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return .add(path, .any(using: &generator))
        case 1: return .remove(path)
        case 2: return .wrap(path, in: RandomJSON.names.randomElement(using: &generator) ?? "a")
        case 3:
            let matches: [PayloadMapping.Match] = [
                .string("x"), .string(""), .bool(true), .bool(false), .string("true"),
            ]
            return .map(path, matches.map { PayloadMapping($0, to: .any(using: &generator)) })
        case 4: return .rename(path, to: RandomJSON.names.randomElement(using: &generator) ?? "a")
        default:
            while true {
                let target = PayloadPath.any(using: &generator)
                if !target.names.starts(with: path.names), !path.names.starts(with: target.names) {
                    return .move(path, to: target)
                }
            }
        }
    }
}

extension PayloadPath {
    static func any(using generator: inout SeededGenerator) -> PayloadPath {
        PayloadPath(
            (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                RandomJSON.names.randomElement(using: &generator) ?? "a"
            })
    }
}

extension PayloadValue {
    static func any(using generator: inout SeededGenerator) -> PayloadValue {
        let values: [PayloadValue] = [
            .null, .bool(true), .integer(-7), .string("it's \"\\ \u{1} é"), .emptyObject, .string("x"),
        ]
        return values.randomElement(using: &generator) ?? .null
    }
}
