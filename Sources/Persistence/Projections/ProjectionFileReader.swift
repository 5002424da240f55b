/// Takes a projection's file apart, line by line.
struct ProjectionFileReader {
    private enum Section {
        case tables
        case handler(Int)
    }

    let file: String
    let eventTypes: [String: [String]]
    private(set) var name: String?
    private(set) var version: String?
    private(set) var tables = ""
    private(set) var relations: [String] = []
    private(set) var handlers: [(type: String, statements: String)] = []
    private var ignored: Set<String> = []
    private var line = 0
    private var section = Section.tables

    init(file: String, eventTypes: [String: [String]]) {
        self.file = file
        self.eventTypes = eventTypes
    }

    mutating func read(_ content: String) throws(ProjectionFileError) {
        for text in content.split(separator: "\n", omittingEmptySubsequences: false) {
            line += 1
            if let (directive, value) = Self.directive(text) {
                try take(directive, value)
            } else {
                take(text)
            }
        }
        if let empty = handlers.first(where: { !$0.statements.contains(";") }) {
            throw error("\(empty.type) has no statement; add one, or name it in ignores")
        }
    }

    /// `-- key: value`, with one of the keys that mean something.
    private static func directive(_ text: Substring) -> (String, String)? {
        guard let match = text.wholeMatch(of: /--\s*(projection|version|on|ignores):\s*(.*?)\s*/) else { return nil }
        return (String(match.1), String(match.2))
    }

    private mutating func take(_ directive: String, _ value: String) throws(ProjectionFileError) {
        switch directive {
        case "projection":
            guard value.wholeMatch(of: /[a-z][a-z0-9_]{0,40}/) != nil else {
                throw error(
                    "a projection's name is a lower-case letter, then lower-case letters, digits and underscores")
            }
            name = value
        case "version": version = value
        case "on":
            try requireKnown(value)
            guard !handlers.contains(where: { $0.type == value }) else { throw error("\(value) is handled twice") }
            handlers.append((value, ""))
            section = .handler(handlers.count - 1)
        case "ignores":
            for pattern in value.split(separator: ",").map({ $0.trimmed }) {
                try ignore(pattern)
            }
        default: break
        }
    }

    private mutating func ignore(_ pattern: String) throws(ProjectionFileError) {
        if pattern.hasSuffix(".*") {
            guard let types = eventTypes[String(pattern.dropLast(2))] else {
                throw error("\(pattern) names no stream; there are \(eventTypes.keys.sorted().joined(separator: ", "))")
            }
            ignored.formUnion(types)
        } else {
            try requireKnown(pattern)
            ignored.insert(pattern)
        }
    }

    private func requireKnown(_ type: String) throws(ProjectionFileError) {
        let category = type.prefix { $0 != "." }
        let known = eventTypes[String(category)] ?? []
        guard known.contains(type) else {
            let choice = known.isEmpty ? eventTypes.keys.sorted() : known
            throw error("there is no event \(type); there are \(choice.joined(separator: ", "))")
        }
    }

    private mutating func take(_ text: Substring) {
        switch section {
        case .tables:
            tables += text + "\n"
            if let match = text.firstMatch(of: /^\s*CREATE TABLE\s+([a-z_0-9]+)/.ignoresCase()) {
                relations.append(String(match.1))
            }
        case .handler(let index): handlers[index].statements += text + "\n"
        }
    }

    /// Every event type is handled or ignored, so that a new one is not forgotten.
    func requireEveryEvent() throws(ProjectionFileError) {
        let handled = Set(handlers.map(\.type))
        if let both = handled.intersection(ignored).min() { throw error("\(both) is both handled and ignored") }
        let missing = Set(eventTypes.values.joined()).subtracting(handled).subtracting(ignored)
        if let first = missing.min() {
            throw error("\(first) is neither handled nor ignored; add “-- on: \(first)” or “-- ignores: \(first)”")
        }
    }

    func require(_ value: String?, _ what: String) throws(ProjectionFileError) -> String {
        guard let value else { throw error("the line “-- \(what)” is missing") }
        return value
    }

    func error(_ message: String) -> ProjectionFileError {
        ProjectionFileError(file: file, line: max(line, 1), message: message)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
