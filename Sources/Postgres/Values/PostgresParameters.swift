/// The values of a statement, in the order of `$1`, `$2`, …
package struct PostgresParameters: Sendable {
    package private(set) var values: [PostgresParameter] = []

    package init() {}

    package init(_ values: any PostgresEncodable...) {
        self.values = values.map(\.parameter)
    }

    package mutating func add(_ value: some PostgresEncodable) {
        values.append(value.parameter)
    }

    package mutating func add<Value: PostgresEncodable>(_ value: Value?) {
        values.append(value?.parameter ?? PostgresParameter(type: Value.postgresType, bytes: nil))
    }

    /// Adds a one-dimensional array.
    package mutating func add<Element: PostgresEncodable>(array: [Element]) {
        var written = PostgresArray<Element>(reserving: array.count * 16)
        for element in array { written.append(element) }
        add(written)
    }

    package mutating func add<Element: PostgresEncodable>(_ array: PostgresArray<Element>) {
        values.append(array.parameter)
    }
}
