import CMicroHTTPD
import Glibc
import Synchronization

/// What the server knows of one connection, beside the library's own object.
final class ConnectionRecord: Sendable {
    struct State {
        /// The request that is being received, handled or answered.
        var exchange: Exchange?
        var idleSince: ContinuousClock.Instant
    }

    let client: ClientAddress
    /// Owned by the library, which closes it after it has said so: only to be used under the registry's lock.
    let socket: Int32
    private let state: Mutex<State>

    init(client: ClientAddress, socket: Int32) {
        self.client = client
        self.socket = socket
        self.state = Mutex(State(exchange: nil, idleSince: .now))
    }

    func begin(_ exchange: Exchange) {
        state.withLock { $0.exchange = exchange }
    }

    func finish(now: ContinuousClock.Instant) {
        state.withLock { $0 = State(exchange: nil, idleSince: now) }
    }

    /// The exchange under way, or since when there is none.
    var situation: (exchange: Exchange?, idleSince: ContinuousClock.Instant) {
        state.withLock { ($0.exchange, $0.idleSince) }
    }

    /// Ends the connection in both directions: the library sees an error, also where it waits for nothing, and closes.
    func cut() {
        _ = shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Reads no more from the client: the library takes what had arrived, and then closes.
    func stopReading() {
        _ = shutdown(socket, Int32(SHUT_RD))
    }
}
