extension Client {
    /// Header fields in their order; names compare without regard to case, and a name may come more than once.
    ///
    /// Prints names only, because values can be credentials.
    package struct Fields: Hashable, Sendable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
        package struct Field: Hashable, Sendable {
            package let name: String
            package let value: String
        }

        package private(set) var all: [Field] = []

        package init() {}

        package init(dictionaryLiteral elements: (String, String)...) {
            all = elements.map { Field(name: $0.0, value: $0.1) }
        }

        /// The first value of a field. Setting replaces all of them; nil removes them.
        package subscript(name: String) -> String? {
            get { all.first { Self.areSame($0.name, name) }?.value }
            set {
                all.removeAll { Self.areSame($0.name, name) }
                if let newValue { add(name, newValue) }
            }
        }

        /// Every value of a field.
        package func values(_ name: String) -> [String] {
            all.filter { Self.areSame($0.name, name) }.map(\.value)
        }

        package mutating func add(_ name: String, _ value: String) {
            all.append(Field(name: name, value: value))
        }

        package var description: String { "[" + all.map(\.name).joined(separator: ", ") + "]" }

        private static func areSame(_ left: String, _ right: String) -> Bool {
            left.utf8.count == right.utf8.count
                && zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
        }

        private static func lowercased(_ byte: UInt8) -> UInt8 {
            byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
        }
    }
}
