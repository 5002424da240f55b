import Dispatch

/// What another session said by NOTIFY.
package struct PostgresNotification: Hashable, Sendable {
    package let channel: String
    package let payload: String
}

/// Who listens to which channel of a session. Confined to the session's queue.
struct NotificationListeners {
    typealias Listener = AsyncStream<PostgresNotification>.Continuation

    private var listeners: [String: [Int: Listener]] = [:]
    private var made = 0

    /// - Returns: By what the listener is removed.
    mutating func add(_ listener: Listener, on channel: String) -> Int {
        made += 1
        listeners[channel, default: [:]][made] = listener
        return made
    }

    /// - Returns: Whether it was the channel's last one.
    mutating func remove(_ id: Int, from channel: String) -> Bool {
        guard listeners[channel]?.removeValue(forKey: id) != nil else { return false }
        guard listeners[channel]?.isEmpty == true else { return false }
        listeners[channel] = nil
        return true
    }

    func send(_ notification: PostgresNotification) {
        listeners[notification.channel]?.values.forEach { $0.yield(notification) }
    }

    mutating func finish() {
        let all = listeners.values.flatMap(\.values)
        listeners = [:]
        all.forEach { $0.finish() }
    }
}

extension PostgresConnection {
    /// Listens on a channel until the stream is dropped or the connection ends; then the stream ends.
    ///
    /// Any number of channels, and of streams on one of them. At most `capacity` notifications are kept for a reader that
    /// is slow; older ones make room. Notifications that are sent while there is no connection are lost: poll as well.
    package func notifications(
        on channel: String, capacity: Int = 16
    ) async throws -> AsyncStream<PostgresNotification> {
        let (stream, listener) = AsyncStream.makeStream(
            of: PostgresNotification.self, bufferingPolicy: .bufferingNewest(capacity))
        let id = session.queue.sync { session.listeners.add(listener, on: channel) }
        listener.onTermination = { [weak session] _ in
            session?.queue.async { [weak session] in session?.stopListening(id, on: channel) }
        }
        try await query("LISTEN \(channel.quotedIdentifier)")
        return stream
    }
}

extension Session {
    fileprivate func stopListening(_ id: Int, on channel: String) {
        guard listeners.remove(id, from: channel), isUsable else { return }
        submit(
            QueryOperation(
                sql: "UNLISTEN \(channel.quotedIdentifier)", parameters: .init(), format: .binary, isPrepared: false,
                completion: { _ in }))
    }
}
