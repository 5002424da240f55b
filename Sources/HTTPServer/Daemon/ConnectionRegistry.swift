import CMicroHTTPD
import Glibc
import Synchronization

/// The open connections.
final class ConnectionRegistry: Sendable {
    private let records = Mutex<[ObjectIdentifier: ConnectionRecord]>([:])
    /// Connections that were accepted and that the library has not begun yet.
    private let accepted = Atomic(0)

    var count: Int { records.withLock(\.count) + accepted.load(ordering: .relaxed) }

    /// A connection was accepted: `insert` or `forgetAccepted` follows.
    func accept() {
        accepted.add(1, ordering: .relaxed)
    }

    /// The library has refused an accepted connection.
    func forgetAccepted() {
        accepted.subtract(1, ordering: .relaxed)
    }

    /// The library has begun an accepted connection.
    func insert(_ record: ConnectionRecord) {
        records.withLock { records in
            records[ObjectIdentifier(record)] = record
            accepted.subtract(1, ordering: .relaxed)
        }
    }

    func remove(_ record: ConnectionRecord) {
        records.withLock { $0[ObjectIdentifier(record)] = nil }
    }

    /// The requests under way.
    func exchanges() -> [Exchange] {
        records.withLock { $0.values.compactMap { $0.situation.exchange } }
    }

    /// Reads no more from connections that have been without a request since that instant.
    func stopReading(idleSince limit: ContinuousClock.Instant) {
        records.withLock { records in
            for record in records.values {
                let situation = record.situation
                if situation.exchange == nil, situation.idleSince <= limit { record.stopReading() }
            }
        }
    }

    /// Reads no more from connections whose request has not been received by its deadline.
    func stopReadingOverdue(now: ContinuousClock.Instant) {
        records.withLock { records in
            for record in records.values {
                guard let exchange = record.situation.exchange else { continue }
                if exchange.isPieceOverdue(now: now) {
                    record.cut()
                } else if exchange.isReceivingOverdue(now: now) {
                    record.stopReading()
                }
            }
        }
    }

    /// The requests whose client has closed its side, among those that the library can't watch while they wait.
    func abandoned() -> [Exchange] {
        // Under the lock no socket can be closed and its number given to another connection.
        records.withLock { records in
            let waiting = records.values.compactMap { record in
                record.situation.exchange.map { (exchange: $0, socket: record.socket) }
            }
            var sockets = waiting.map { pollfd(fd: $0.socket, events: mhd_shim_poll_hangup, revents: 0) }
            guard poll(&sockets, nfds_t(sockets.count), 0) > 0 else { return [] }
            return zip(waiting, sockets).filter { $0.1.revents != 0 }.map(\.0.exchange)
        }
    }
}
