extension PayloadChange {
    /// The payload after the change.
    ///
    /// - Throws: `MalformedJSON`.
    package func applied(to payload: String) throws -> String {
        switch self {
        case .add(let path, let value):
            try payload.editing(path.parent[...]) { object in
                if object[path.name] == nil { object[path.name] = value.json }
            }
        case .remove(let path):
            try payload.editing(path.parent[...]) { $0[path.name] = nil }
        case .move(let path, let target):
            try payload.moving(path, to: target)
        case .wrap(let path, let name):
            try payload.editing(path.parent[...]) { object in
                if let value = object[path.name] { object[path.name] = "{\(JSONObjectText.quoted(name)):\(value)}" }
            }
        case .map(let path, let mappings):
            try payload.editing(path.parent[...]) { object in
                guard let value = object[path.name] else { return }
                if let mapping = try mappings.first(where: { try $0.match.matches(value) }) {
                    object[path.name] = mapping.value.json
                }
            }
        }
    }
}

extension PayloadMapping.Match {
    fileprivate func matches(_ json: String) throws -> Bool {
        switch self {
        case .bool(let value): json == "\(value)"
        case .string(let text):
            try json.hasPrefix("\"") && JSONObjectText.unquoted(json).utf8.elementsEqual(text.utf8)
        }
    }
}

extension String {
    /// The JSON text with a change to the object at this path; the same text when there is no such object.
    fileprivate func editing(
        _ path: ArraySlice<String>, _ edit: (inout JSONObjectText) throws -> Void
    ) throws -> String {
        guard var object = try JSONObjectText(self) else { return self }
        if let name = path.first {
            guard let value = object[name] else { return self }
            object[name] = try value.editing(path.dropFirst(), edit)
        } else {
            try edit(&object)
        }
        return object.text
    }

    fileprivate func moving(_ path: PayloadPath, to target: PayloadPath) throws -> String {
        var moved: String?
        var takes = false
        _ = try editing(path.parent[...]) { moved = $0[path.name] }
        _ = try editing(target.parent[...]) { _ in takes = true }
        guard let moved, takes else { return self }
        return try editing(path.parent[...]) { $0[path.name] = nil }
            .editing(target.parent[...]) { $0[target.name] = moved }
    }
}
