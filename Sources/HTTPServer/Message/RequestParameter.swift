package import FoundationEssentials

/// What can be read from a path segment or a query parameter.
///
/// `LosslessStringConvertible` and `RawRepresentable` types need only say that they conform.
package protocol RequestParameter {
    /// `nil` if the text is no such value.
    init?(parameter: String)
}

extension RequestParameter where Self: LosslessStringConvertible {
    package init?(parameter: String) {
        self.init(parameter)
    }
}

extension RequestParameter where Self: RawRepresentable, RawValue == String {
    package init?(parameter: String) {
        self.init(rawValue: parameter)
    }
}

extension String: RequestParameter {}
extension Int: RequestParameter {}
extension Int64: RequestParameter {}
extension UInt64: RequestParameter {}
extension Double: RequestParameter {}
extension Bool: RequestParameter {}

extension UUID: RequestParameter {
    package init?(parameter: String) {
        self.init(uuidString: parameter)
    }
}

/// A path or query parameter that is not what the handler needs. Left uncaught it is answered as a bad request.
package struct ParameterError: Error, Equatable, Sendable {
    package enum Location: String, Sendable {
        case path
        case query
    }

    package enum Fault: Equatable, Sendable {
        case missing
        case repeated
        /// The type that was expected.
        case malformed(expected: String)
    }

    package let location: Location
    package let name: String
    package let fault: Fault
}
