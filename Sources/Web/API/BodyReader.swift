import API
import Domain

/// Reads a JSON object strictly: every field is known, and of its type. Faults are gathered, so that a client hears of
/// all of them at once.
final class BodyReader {
    private let fields: [JSONNode.Field]
    private let pointer: String
    private let faults: FaultList
    private var read: Set<String> = []

    /// The faults of one body.
    final class FaultList {
        /// As many as a client wants to read at a time.
        private static let maximum = 50
        private(set) var faults: [Problem.Fault] = []
        /// Those that are not listed too.
        private(set) var count = 0

        fileprivate func add(_ fault: @autoclosure () -> Problem.Fault) {
            count += 1
            if count <= Self.maximum { faults.append(fault()) }
        }
    }

    /// - Throws: A `Problem` when the bytes are no JSON object.
    convenience init(_ body: [UInt8]) throws {
        let node: JSONNode
        do {
            node = try JSONParser.parse(body)
        } catch {
            throw Problem(
                status: 400, code: "json-malformed", title: "The body is not JSON",
                detail: "\(error.reason), at byte \(error.offset)")
        }
        guard case .object(let fields) = node else {
            throw Problem(
                status: 422, code: "body-invalid", title: "The body is not acceptable",
                errors: [Problem.Fault(pointer: "", code: "wrong-type", detail: "must be an object, not \(node.kind)")])
        }
        self.init(fields, pointer: "", faults: FaultList())
    }

    private init(_ fields: [JSONNode.Field], pointer: String, faults: FaultList) {
        self.fields = fields
        self.pointer = pointer
        self.faults = faults
    }

    /// What a field holds; nil when it is absent or null.
    private func node(_ name: String) -> JSONNode? {
        read.insert(name)
        guard let node = fields.first(where: { $0.name == name })?.value, node != .null else { return nil }
        return node
    }

    func string(_ name: String) -> String? {
        guard let node = node(name) else { return nil }
        if case .string(let text) = node { return text }
        return wrongType(name, "a string", node)
    }

    func integer(_ name: String) -> Int? {
        guard let node = node(name) else { return nil }
        if case .number(let text) = node, let number = Int(text) { return number }
        return wrongType(name, "a whole number", node)
    }

    /// A required text; empty, with a fault, when it is missing.
    func requiredString(_ name: String) -> String {
        require(name, string(name)) ?? ""
    }

    /// One of a few words.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type = Choice.self
    ) -> Choice? {
        guard let text = string(name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return fault(name, "out-of-range", "must be one of \(choices)")
    }

    func object(_ name: String) -> BodyReader? {
        guard let node = node(name) else { return nil }
        guard case .object(let fields) = node else { return wrongType(name, "an object", node) }
        return BodyReader(fields, pointer: "\(pointer)/\(name)", faults: faults)
    }

    /// The objects of an array; empty when it is absent.
    func objects(_ name: String) -> [BodyReader] {
        guard let node = node(name) else { return [] }
        guard case .array(let elements) = node else { return wrongType(name, "an array", node) ?? [] }
        return elements.enumerated().compactMap { index, element in
            guard case .object(let fields) = element else {
                return wrongType("\(name)/\(index)", "an object", element)
            }
            return BodyReader(fields, pointer: "\(pointer)/\(name)/\(index)", faults: faults)
        }
    }

    /// An object's fields as texts: numbers and booleans as they are written.
    func texts(_ name: String) -> [String: String] {
        guard let node = node(name) else { return [:] }
        guard case .object(let fields) = node else { return wrongType(name, "an object", node) ?? [:] }
        var texts: [String: String] = [:]
        for field in fields {
            switch field.value {
            case .string(let text), .number(let text): texts[field.name] = text
            case .boolean(let value): texts[field.name] = "\(value)"
            case .null, .array, .object:
                _ = wrongType("\(name)/\(field.name.pointerToken)", "a string, number or boolean", field.value) as Int?
            }
        }
        return texts
    }

    func require<Value>(_ name: String, _ value: Value?) -> Value? {
        if value == nil, !fields.contains(where: { $0.name == name && $0.value != .null }) {
            return fault(name, "missing-field", "is required")
        }
        return value
    }

    /// A required id; nil, with a fault, when it is missing or no UUID.
    func requiredID<Subject>(
        _ name: String, _ type: Identifier<Subject>.Type = Identifier<Subject>.self
    ) -> Identifier<Subject>? {
        guard let text = require(name, string(name)) else { return nil }
        return Identifier<Subject>(text) ?? fault(name, "malformed", "must be a UUID")
    }

    private func wrongType<Value>(_ name: String, _ wanted: String, _ found: JSONNode) -> Value? {
        fault(name, "wrong-type", "must be \(wanted), not \(found.kind)")
    }

    @discardableResult
    private func fault<Value>(_ name: String, _ code: String, _ detail: String) -> Value? {
        faults.add(Problem.Fault(pointer: "\(pointer)/\(name)", code: code, detail: detail))
        return nil
    }

    /// Notes the fields that nobody has asked for. Called for each object when it has been read.
    func close() {
        let unknown = fields.filter { !read.contains($0.name) }
        if unknown.isEmpty { return }
        let known = read.sorted().joined(separator: ", ")
        let hint = known.isEmpty ? "no field is known here" : "known are \(known)"
        for field in unknown {
            _ = fault(field.name.pointerToken, "unknown-field", "is not known; \(hint)") as Int?
        }
    }

    /// Ends the reading with what was made of the fields.
    ///
    /// - Parameter value: Nil only where a fault was noted.
    /// - Throws: One `Problem` with all faults, if there are any.
    func finish<Value>(_ value: Value?) throws -> Value {
        if value == nil, faults.faults.isEmpty { _ = fault("", "malformed", "is not acceptable") as Int? }
        try finish()
        guard let value else { preconditionFailure("there is a fault, which was thrown") }
        return value
    }

    /// - Throws: One `Problem` with all faults, if there are any.
    func finish() throws {
        close()
        guard let first = faults.faults.first else { return }
        throw Problem(
            status: 422, code: "body-invalid", title: "The body is not acceptable",
            detail: "\(first.pointer ?? "") \(first.detail)"
                + (faults.count > 1 ? " (and \(faults.count - 1) more)" : ""), errors: faults.faults)
    }
}

extension String {
    /// As a token of a JSON pointer (RFC 6901, section 3).
    fileprivate var pointerToken: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
