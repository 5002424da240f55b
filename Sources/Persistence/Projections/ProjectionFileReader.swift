import ControlPlane

/// Takes a projection's file apart, line by line.
struct ProjectionFileReader {
    private enum Section {
        case tables
        case beforeSwitch
        case handler(Int)
    }

    let file: String
    let eventTypes: [String: [String]]
    private(set) var name: String?
    private(set) var version: Int?
    private(set) var isTimeTravelled = false
    private(set) var changes: [ProjectionDefinition.Change] = []
    private(set) var tables: [ProjectionDefinition.Statement] = []
    private(set) var beforeSwitch: [ProjectionDefinition.Statement] = []
    private(set) var relations: [ProjectionDefinition.Relation] = []
    private(set) var handlers: [ProjectionDefinition.Handler] = []
    private var ignored: Set<String> = []
    /// The category of streams of which each has one row in the next table, and where the file says so.
    private var rowCategory: (name: String, line: Int)?
    private var line = 0
    private var section = Section.tables
    private var beginsStatement = true
    private var unfinished: ProjectionDefinition.Statement?

    private static let directives = [
        "projection", "version", "time-travel", "changes", "row-per", "before-switch", "on", "ignores",
    ]
    private static let statements = ["INSERT", "UPDATE", "DELETE", "MERGE", "WITH"]

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
                try take(text)
            }
        }
        if let unfinished {
            throw error("the statement does not end; end its last line with “;”", line: unfinished.line)
        }
        if let empty = handlers.first(where: { !$0.statements.contains(";") }) {
            throw error("\(empty.type) has no statement; add one, or name it in ignores", line: empty.line)
        }
        if let rowCategory { throw error("CREATE TABLE must follow", line: rowCategory.line) }
        for change in changes where !relations.contains(where: { $0.name == change.relation }) {
            throw error("the file makes no table \(change.relation)", line: change.line)
        }
    }

    /// `-- key: value`. A comment of this form that means nothing is taken for a slip, not for a comment.
    private static func directive(_ text: Substring) -> (String, String)? {
        guard let match = text.wholeMatch(of: /--\s*([A-Za-z-]+):\s*(.*?)\s*/) else { return nil }
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
        case "version":
            guard let number = Int(value), number > 0 else { throw error("version must be a number from 1") }
            version = number
        case "time-travel":
            guard let isOn = ["on": true, "off": false][value] else { throw error("time-travel is on or off") }
            isTimeTravelled = isOn
        case "changes": for name in value.split(separator: ",") { try change(name.trimmed) }
        case "row-per":
            guard eventTypes[value] != nil else {
                throw error("\(value) names no stream; there are \(eventTypes.keys.sorted().joined(separator: ", "))")
            }
            if let owner = relations.first(where: { $0.category == value }) {
                throw error("\(owner.name) has the rows of \(value) already; a file has one such table for a stream")
            }
            rowCategory = (value, line)
        case "before-switch":
            guard value.isEmpty else { throw error("before-switch stands alone; statements follow on the next lines") }
            section = .beforeSwitch
        case "on":
            try requireKnown(value)
            guard !ignored.contains(value) else { throw error("\(value) is both handled and ignored") }
            guard !handlers.contains(where: { $0.type == value }) else { throw error("\(value) is handled twice") }
            handlers.append(.init(type: value, line: line, statements: ""))
            beginsStatement = true
            section = .handler(handlers.count - 1)
        case "ignores":
            for pattern in value.split(separator: ",").map({ $0.trimmed }) {
                try ignore(pattern)
            }
        default:
            throw error("“\(directive)” is not known; there are \(Self.directives.joined(separator: ", "))")
        }
    }

    private mutating func change(_ name: String) throws(ProjectionFileError) {
        guard let match = name.wholeMatch(of: /([a-z_][a-z_0-9]*)(?:\.([a-z_][a-z_0-9]*))?/) else {
            throw error("changes names tables, or columns as in run_summary.status")
        }
        changes.append(.init(relation: String(match.1), column: match.2.map { String($0) }, line: line))
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
        if let both = handlers.first(where: { ignored.contains($0.type) }) {
            throw error("\(both.type) is both handled and ignored")
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

    private mutating func take(_ text: Substring) throws(ProjectionFileError) {
        switch section {
        case .tables:
            if let match = text.firstMatch(of: /^\s*CREATE TABLE\s+([a-z_0-9]+)/.ignoresCase()) {
                relations.append(.init(name: String(match.1), line: line, category: rowCategory?.name))
                rowCategory = nil
            }
            if let statement = collect(text) { tables.append(statement) }
        case .beforeSwitch:
            if let statement = collect(text) { beforeSwitch.append(statement) }
        case .handler(let index):
            try checkStatement(String(text).trimmed, ofHandler: index)
            handlers[index].statements += text + "\n"
        }
    }

    /// - Returns: A statement that ends with this line.
    private mutating func collect(_ text: Substring) -> ProjectionDefinition.Statement? {
        let line = text.trimmed
        guard unfinished != nil || !(line.isEmpty || line.hasPrefix("--")) else { return nil }
        var statement = unfinished ?? .init(line: self.line, text: "")
        statement.text += text + "\n"
        unfinished = line.hasSuffix(";") ? nil : statement
        return unfinished == nil ? statement : nil
    }

    /// A statement that changes nothing would fail only when its event comes. Statements end at a line's end.
    private mutating func checkStatement(_ text: String, ofHandler index: Int) throws(ProjectionFileError) {
        guard !text.isEmpty, !text.hasPrefix("--") else { return }
        defer { beginsStatement = text.hasSuffix(";") }
        guard beginsStatement else { return }
        let handler = handlers[index]
        let isFirst = !handler.statements.contains(";")
        let row = try assignedRow(text, by: handler.type)
        guard row != nil || Self.statements.contains(text.prefix { $0.isLetter }.uppercased()) else {
            throw error("a statement begins with INSERT, UPDATE, DELETE, MERGE, WITH or TABLE.COLUMN :=")
        }
        guard isFirst || row == handler.row else {
            throw error("\(handler.type) has assignments or statements, not both")
        }
        handlers[index].row = row
    }

    /// The table to whose row a line begins to assign.
    private func assignedRow(_ text: String, by type: String) throws(ProjectionFileError) -> String? {
        guard let match = text.firstMatch(of: ProjectionDefinition.assignment) else { return nil }
        let category = String(type.prefix { $0 != "." })
        guard let table = relations.first(where: { $0.category == category }) else {
            throw error("no table has rows of \(category); add “-- row-per: \(category)” before its CREATE TABLE")
        }
        guard match.2 == table.name else { throw error("\(type) assigns to \(table.name), its stream's row, alone") }
        guard match.3 != "id" else { throw error("the id of a row is the id of its stream; it is not assigned") }
        return table.name
    }

    /// Every event type is handled or ignored, so that a new one is not forgotten.
    func requireEveryEvent() throws(ProjectionFileError) {
        let handled = Set(handlers.map(\.type))
        let missing = Set(eventTypes.values.joined()).subtracting(handled).subtracting(ignored)
        if let first = missing.min() {
            throw error(
                "\(first) is neither handled nor ignored; add “-- on: \(first)” or “-- ignores: \(first)”", line: 1)
        }
    }

    func require<Value>(_ value: Value?, _ what: String) throws(ProjectionFileError) -> Value {
        guard let value else { throw error("the line “-- \(what)” is missing", line: 1) }
        return value
    }

    /// - Parameter line: The line that is at fault; the one that is being read unless told.
    func error(_ message: String, line: Int? = nil) -> ProjectionFileError {
        ProjectionFileError(file: file, line: line ?? self.line, message: message)
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
