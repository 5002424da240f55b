import CMicroHTTPD

/// A final status code, 200 to 599 (RFC 9110, section 15).
package struct HTTPStatus: Hashable, Sendable, CustomStringConvertible {
    package let code: Int

    /// Interim (1xx) codes are the server's own business, so they are no status a handler can give.
    package init(_ code: Int) {
        precondition((200...599).contains(code), "a final HTTP status lies between 200 and 599")
        self.code = code
    }

    /// The phrase that goes with the code, such as "Not Found".
    package var reasonPhrase: String {
        guard let phrase = MHD_get_reason_phrase_for(UInt32(code)) else { return "Unknown" }
        return String(cString: phrase)
    }

    package var description: String { "\(code) \(reasonPhrase)" }

    package static let ok = HTTPStatus(200)
    package static let created = HTTPStatus(201)
    package static let accepted = HTTPStatus(202)
    package static let noContent = HTTPStatus(204)
    package static let movedPermanently = HTTPStatus(301)
    package static let found = HTTPStatus(302)
    package static let seeOther = HTTPStatus(303)
    package static let notModified = HTTPStatus(304)
    package static let temporaryRedirect = HTTPStatus(307)
    package static let badRequest = HTTPStatus(400)
    package static let unauthorized = HTTPStatus(401)
    package static let forbidden = HTTPStatus(403)
    package static let notFound = HTTPStatus(404)
    package static let methodNotAllowed = HTTPStatus(405)
    package static let notAcceptable = HTTPStatus(406)
    package static let requestTimeout = HTTPStatus(408)
    package static let conflict = HTTPStatus(409)
    package static let gone = HTTPStatus(410)
    package static let preconditionFailed = HTTPStatus(412)
    package static let contentTooLarge = HTTPStatus(413)
    package static let unsupportedMediaType = HTTPStatus(415)
    package static let unprocessableContent = HTTPStatus(422)
    package static let preconditionRequired = HTTPStatus(428)
    package static let tooManyRequests = HTTPStatus(429)
    package static let internalServerError = HTTPStatus(500)
    package static let notImplemented = HTTPStatus(501)
    package static let badGateway = HTTPStatus(502)
    package static let serviceUnavailable = HTTPStatus(503)
    package static let gatewayTimeout = HTTPStatus(504)
}
