/// What a route's `{name}` segments matched, decoded.
package struct PathParameters: Sendable, Equatable {
    private var names: [String]
    private var values: [String]

    package init() {
        names = []
        values = []
    }

    /// Names and values in the order of the path.
    init(names: [String], values: [String]) {
        precondition(names.count == values.count, "each path parameter has a name and a value")
        self.names = names
        self.values = values
    }

    package subscript(name: String) -> String? {
        names.firstIndex(of: name).map { values[$0] }
    }

    /// The parameter as the type asked for, e.g. `require("id", as: UUID.self)`.
    ///
    /// - Throws: `ParameterError` if what the path holds is no such value. A name that the route does not have is a
    ///   mistake in the program, not in the request.
    package func require<Value: RequestParameter>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(ParameterError) -> Value {
        guard let text = self[name] else { preconditionFailure("the route has no path parameter \(name)") }
        guard let value = Value(parameter: text) else {
            throw ParameterError(location: .path, name: name, fault: .malformed(expected: "\(Value.self)"))
        }
        return value
    }
}
