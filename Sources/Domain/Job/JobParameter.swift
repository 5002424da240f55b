/// A value that a run can be given, declared by the job.
package struct JobParameter: Hashable, Sendable, Codable {
    /// What a parameter holds, and so how it is written as a literal.
    package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case text, integer, decimal, boolean, date, timestamp
    }

    package let name: String
    package let kind: Kind
    /// What it is when a run gives no value; nil makes it required.
    package let defaultValue: String?

    /// The longest value, in UTF-8 bytes.
    package static let maximumValue = 10_000

    package init(name: String, kind: Kind, defaultValue: String? = nil) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
    }

    enum CodingKeys: String, CodingKey {
        case name
        case kind = "type"
        case defaultValue = "default"
    }

    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 63 else { return false }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return letters.contains(first)
            && name.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_") }
    }

    static func check(_ parameters: [JobParameter]) throws(DomainRejection) {
        try DomainRejection.require(
            parameters.count <= JobDefinition.maximumParameters, code: "parameters-too-many", field: "/parameters",
            "a job takes at most \(JobDefinition.maximumParameters) parameters")
        var seen: Set<String> = []
        for (index, parameter) in parameters.enumerated() {
            try DomainRejection.require(
                isName(parameter.name), code: "parameter-name-invalid", field: "/parameters/\(index)/name",
                "a parameter's name is a lower-case letter, then at most 62 lower-case letters, digits and underscores")
            try DomainRejection.require(
                seen.insert(parameter.name).inserted, code: "parameter-repeated", field: "/parameters/\(index)/name",
                "the parameter \(parameter.name) is declared twice")
            if let value = parameter.defaultValue {
                _ = try parameter.literal(of: value, field: "/parameters/\(index)/default")
            }
        }
    }
}
