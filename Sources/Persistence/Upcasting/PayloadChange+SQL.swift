import EventSourcing

extension PayloadChange {
    /// The change as an expression on `jsonb`: what `applied(to:)` does to the text.
    ///
    /// - Parameter payload: An expression, of which the change needs several copies.
    func sql(on payload: String) -> String {
        switch self {
        case .add(let path, let value):
            """
            CASE WHEN \(path.parentIsObject(in: payload)) AND NOT \(path.exists(in: payload)) \
            THEN jsonb_set(\(payload), \(path.literal), \(value.literal)) ELSE \(payload) END
            """
        case .remove(let path):
            """
            CASE WHEN \(path.parentIsObject(in: payload)) THEN \(payload) #- \(path.literal) ELSE \(payload) END
            """
        case .move(let path, let target):
            """
            CASE WHEN \(path.parentIsObject(in: payload)) AND \(path.exists(in: payload)) \
            AND \(target.parentIsObject(in: payload)) THEN jsonb_set(\(payload) #- \(path.literal), \
            \(target.literal), \(payload) #> \(path.literal)) ELSE \(payload) END
            """
        case .wrap(let path, let name):
            """
            CASE WHEN \(path.parentIsObject(in: payload)) AND \(path.exists(in: payload)) \
            THEN jsonb_set(\(payload), \(path.literal), jsonb_build_object(\(name.quotedLiteral), \
            \(payload) #> \(path.literal))) ELSE \(payload) END
            """
        case .map(let path, let mappings):
            """
            CASE WHEN \(path.parentIsObject(in: payload)) AND \(path.exists(in: payload)) \
            THEN jsonb_set(\(payload), \(path.literal), CASE \(payload) #> \(path.literal) \
            \(mappings.map { "WHEN \($0.match.literal) THEN \($0.value.literal)" }.joined(separator: " ")) \
            ELSE \(payload) #> \(path.literal) END) ELSE \(payload) END
            """
        }
    }
}

extension PayloadPath {
    /// Names are plain (`PayloadPath`), so that nothing is to be quoted within the array.
    fileprivate var literal: String { "'{\(names.joined(separator: ","))}'" }

    private func parent(in payload: String) -> String {
        parent.isEmpty ? payload : "(\(payload) #> '{\(parent.joined(separator: ","))}')"
    }

    fileprivate func parentIsObject(in payload: String) -> String {
        "jsonb_typeof(\(parent(in: payload))) = 'object'"
    }

    /// Whether the object that `parentIsObject` has found has the field.
    fileprivate func exists(in payload: String) -> String { "\(parent(in: payload)) ? \(name.quotedLiteral)" }
}

extension PayloadValue {
    fileprivate var literal: String { "\(json.quotedLiteral)::jsonb" }
}

extension PayloadMapping.Match {
    fileprivate var literal: String {
        switch self {
        case .string(let text): "\(PayloadValue.string(text).json.quotedLiteral)::jsonb"
        case .bool(let value): "'\(value)'::jsonb"
        }
    }
}
