import Dispatch

/// What another session said by NOTIFY.
package struct PostgresNotification: Hashable, Sendable {
    package let channel: String
    package let payload: String
}

extension PostgresConnection {
    /// Listens on a channel until the stream is dropped or the connection ends; then the stream ends.
    ///
    /// At most `capacity` notifications are kept for a reader that is slow; older ones make room. Notifications that are
    /// sent while there is no connection are lost: poll as well.
    package func notifications(
        on channel: String, capacity: Int = 16
    ) async throws -> AsyncStream<PostgresNotification> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: PostgresNotification.self, bufferingPolicy: .bufferingNewest(capacity))
        session.queue.sync {
            session.onNotification = { notification in
                if notification.channel == channel { continuation.yield(notification) }
            }
            session.onClose = { continuation.finish() }
        }
        try await query("LISTEN \(channel.quotedIdentifier)")
        return stream
    }
}

extension String {
    /// As an identifier in SQL, whatever it holds.
    package var quotedIdentifier: String {
        "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
