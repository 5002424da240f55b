/// One event of an event stream (WHATWG HTML, section 9.2.6).
package struct ServerSentEvent: Sendable, Equatable {
    /// What the client sends back as `Last-Event-ID` when it reconnects.
    package var id: String?
    /// The event's type, "message" to the client if absent.
    package var event: String?
    /// May hold line breaks.
    package var data: String
    /// How long the client shall wait before it reconnects.
    package var retry: Duration?

    package init(id: String? = nil, event: String? = nil, data: String, retry: Duration? = nil) {
        self.id = id
        self.event = event
        self.data = data
        self.retry = retry
    }

    /// The event as it is sent. Line breaks and NULs in `id` and `event`, which would forge lines, are left out.
    package var encoded: String {
        var text = ""
        if let id { text += "id: \(Self.oneLine(id))\n" }
        if let event { text += "event: \(Self.oneLine(event))\n" }
        if let retry { text += "retry: \(retry.components.seconds * 1000)\n" }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: Self.endsLine) {
            text += "data: \(line)\n"
        }
        return text + "\n"
    }

    private static func endsLine(_ character: Character) -> Bool {
        character == "\n" || character == "\r" || character == "\r\n"
    }

    private static func oneLine(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0 != "\n" && $0 != "\r" && $0 != "\0" })
    }
}
