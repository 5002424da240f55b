import HTTPServer
import Synchronization
import Telemetry

/// What the HTTP server has to say beside its answers, in the process's log.
final class NoticeLog: Sendable {
    private let log: Log
    private let nextComplaint = Mutex<ContinuousClock.Instant?>(nil)

    /// The server looks ten times a second whether connections can be accepted again.
    private static let interval = Duration.seconds(60)

    init(_ log: Log) {
        self.log = log
    }

    func add(_ notice: ServerNotice, now: ContinuousClock.Instant = .now) {
        switch notice {
        case .library(let text): log.debug("http", ["notice": text])
        case .streamFailed(let route, let error):
            log.warning("an answer was cut short", ["route": route ?? "", "error": "\(error)"])
        case .acceptFailed(let why):
            let isDue = nextComplaint.withLock { next in
                if let next, now < next { return false }
                next = now + Self.interval
                return true
            }
            if isDue { log.error("no connection can be accepted for now", ["error": why]) }
        }
    }
}
