/// A route's path: literal segments, `{name}` for one segment and, at the end, `{name...}` for all that follow.
struct RoutePattern: Sendable, Equatable {
    enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
        case rest(String)
    }

    let text: String
    let segments: [Segment]

    /// The names of the parameters, in order.
    var names: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .parameter(let name), .rest(let name): name
            }
        }
    }

    /// A malformed pattern is a mistake in the program.
    init(_ text: String) {
        precondition(text.hasPrefix("/"), "a route begins with /: \(text)")
        let pieces = text == "/" ? [] : text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        self.text = text
        self.segments = pieces.map { piece in
            guard piece.hasPrefix("{"), piece.hasSuffix("}") else {
                precondition(!piece.contains("{") && !piece.contains("}"), "a parameter is a whole segment: \(text)")
                return .literal(String(piece))
            }
            let name = piece.dropFirst().dropLast()
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .parameter(String(name))
        }
        precondition(Set(names).count == names.count, "a route's parameters have different names: \(text)")
        precondition(!names.contains(""), "a route's parameters have names: \(text)")
        for case .rest in segments.dropLast() { preconditionFailure("{name...} stands at the end: \(text)") }
    }
}
