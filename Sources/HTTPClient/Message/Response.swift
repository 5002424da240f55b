extension Client {
    /// The first part of an answer: a final status (never 1xx) and header fields.
    package struct Head: Hashable, Sendable {
        package let status: Int
        package let fields: Fields
    }

    /// A whole answer.
    package struct Response: Hashable, Sendable {
        package let head: Head
        /// Decompressed, where it came compressed.
        package let body: [UInt8]

        package init(head: Head, body: [UInt8]) {
            self.head = head
            self.body = body
        }

        package var status: Int { head.status }
        package var fields: Fields { head.fields }
        /// The body as UTF-8; what is no UTF-8 becomes U+FFFD.
        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// An answer whose body is read as it comes.
    package struct StreamedResponse: Sendable {
        package let head: Head
        /// To be iterated once. Whoever lets go of it ends the exchange.
        package let body: BodyStream

        package var status: Int { head.status }
        package var fields: Fields { head.fields }
    }
}
