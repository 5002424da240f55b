/// Why a command was refused: the rule that it would have broken, named so that a client can act on it.
package struct DomainRejection: Error, Hashable, Sendable {
    /// The kinds of refusal, each of which API and CLI answer in their own way.
    package enum Kind: String, Sendable {
        /// A value is not acceptable; `field` says which.
        case invalid
        /// The thing does not exist.
        case notFound
        /// The thing is in a state in which this cannot be done.
        case conflict
    }

    package let kind: Kind
    /// Stable, for programs: `name-invalid`, `run-already-ended`.
    package let code: String
    /// The field of the command that is at fault, as a JSON pointer into the API's request; nil when none is.
    package let field: String?
    /// For people: what is wrong and what to do.
    package let message: String

    package init(_ kind: Kind, code: String, field: String? = nil, _ message: String) {
        self.kind = kind
        self.code = code
        self.field = field
        self.message = message
    }
}

extension DomainRejection: CustomStringConvertible {
    package var description: String { "\(code): \(message)" }
}

extension DomainRejection {
    static func requireName(_ name: String) throws(DomainRejection) {
        if let problem = EntityName.problem(with: name) {
            throw DomainRejection(.invalid, code: "name-invalid", field: "/name", "name \(problem)")
        }
    }

    static func require(
        _ condition: Bool, code: String, field: String, _ message: @autoclosure () -> String
    ) throws(DomainRejection) {
        if !condition { throw DomainRejection(.invalid, code: code, field: field, message()) }
    }
}
