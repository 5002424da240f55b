/// A piece of HTML. It is made from string literals alone, and everything that is put into one is escaped:
///
///     let page: HTML = "<h1>\(workspace.name)</h1>"
///
/// A `String` cannot become HTML in any other way, so a forgotten escape does not compile. Values of attributes stand
/// in double quotes; addresses that come from outside go through `HTML.link`.
package struct HTML: Hashable, Sendable, ExpressibleByStringInterpolation {
    package let text: String

    package init(stringLiteral value: StaticString) {
        text = value.description
    }

    package init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
    }

    private init(joining pieces: some Sequence<HTML>) {
        text = pieces.reduce(into: "") { $0 += $1.text }
    }

    private init(changed text: String) {
        self.text = text
    }

    /// Nothing.
    package static let none: HTML = ""

    /// The pieces one after another.
    package static func joined(_ pieces: some Sequence<HTML>) -> HTML {
        HTML(joining: pieces)
    }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var text: String

        package init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            text += literal.description
        }

        package mutating func appendInterpolation(_ value: some StringProtocol) {
            HTMLEscaping.append(value, to: &text)
        }

        package mutating func appendInterpolation(_ value: some BinaryInteger) {
            text += value.description
        }

        package mutating func appendInterpolation(_ html: HTML) {
            text += html.text
        }

        package mutating func appendInterpolation(_ html: HTML?) {
            if let html { text += html.text }
        }

        package mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { text += piece.text }
        }
    }
}

extension HTML {
    /// Adds a parameter to every link to a page or query of this server.
    ///
    /// - Parameter parameter: A name and a value that need no escaping.
    func carrying(_ parameter: HTML) -> HTML {
        let link = /href="(\/(?:runs|workspaces|jobs|api\/v1\/runs)(?:[\/?][^"]*)?)"/
        return HTML(
            changed: text.replacing(link) { match in
                "href=\"\(match.1)\(match.1.contains("?") ? "&amp;" : "?")\(parameter.text)\""
            })
    }

    /// A link to an address that somebody else wrote: only `http` and `https` become links, everything else stays text.
    package static func link(_ address: String, _ label: HTML) -> HTML {
        let lower = address.prefix(8).lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else { return "<span>\(label)</span>" }
        return #"<a href="\#(address)" rel="noreferrer noopener" target="_blank">\#(label)</a>"#
    }
}
