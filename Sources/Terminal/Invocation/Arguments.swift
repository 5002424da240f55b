/// What a command was given, checked against its declarations.
package struct Arguments: Sendable {
    /// Where a value came from.
    package enum Origin: Sendable, Hashable {
        case commandLine
        /// A variable of this name.
        case environment(String)
        case standard
    }

    /// One parameter's texts and where they came from.
    struct Given: Sendable {
        let parameter: Parameter
        let texts: [String]
        let origin: Origin
    }

    let given: [String: Given]

    /// The value of a parameter that the command, or one above it, declares.
    package subscript<Declaration: ParameterDeclaration>(_ declaration: Declaration) -> Declaration.Value {
        guard let found = given[declaration.parameter.name], let value = try? declaration.value(of: found.texts) else {
            preconditionFailure("\(declaration.parameter.label) is not declared by this command")
        }
        return value
    }

    /// The value of an option that may be left out, but not here.
    package func require<Value>(_ option: Option<Value?>) throws(UsageError) -> Value {
        guard let value = self[option] else { throw UsageError("\(option.parameter.label) is missing") }
        return value
    }

    /// Where a parameter's value came from.
    package func origin(of declaration: some ParameterDeclaration) -> Origin {
        given[declaration.parameter.name]?.origin ?? .standard
    }

    /// A parameter as it will be used, for people; a secret's value is masked.
    package struct Setting: Sendable, Hashable {
        package let name: String
        package let value: String
        package let origin: Origin

        package init(name: String, value: String, origin: Origin) {
            self.name = name
            self.value = value
            self.origin = origin
        }
    }

    /// All options and flags as they will be used, by name.
    package var settings: [Setting] {
        given.values.filter { $0.parameter.kind != .positional }.sorted { $0.parameter.name < $1.parameter.name }.map {
            let texts = $0.texts.isEmpty ? [$0.parameter.defaultText].compactMap(\.self) : $0.texts
            let shown = $0.parameter.isSecret && !texts.isEmpty ? "•••" : texts.joined(separator: ",")
            return Setting(name: $0.parameter.name, value: shown, origin: $0.origin)
        }
    }
}
