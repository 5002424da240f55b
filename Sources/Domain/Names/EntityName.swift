/// The rules for names that people give: of workspaces, connections and jobs.
package enum EntityName {
    /// The longest name, in Unicode scalars.
    package static let maximumLength = 100

    /// What is wrong with a name, or nil. The text completes “name …”.
    package static func problem(with name: String) -> String? {
        let scalars = name.unicodeScalars
        if scalars.isEmpty { return "must not be empty" }
        if scalars.count > maximumLength { return "must not be longer than \(maximumLength) characters" }
        if scalars.contains(where: isControl) { return "must not contain control characters" }
        if scalars.first?.properties.isWhitespace == true || scalars.last?.properties.isWhitespace == true {
            return "must not begin or end with a space"
        }
        return nil
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        // Most names are ASCII, which needs no table.
        if (0x20..<0x7F).contains(scalar.value) { return false }
        let category = scalar.properties.generalCategory
        return category == .control || category == .format
    }
}
