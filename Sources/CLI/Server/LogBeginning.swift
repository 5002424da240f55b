import ControlPlane
import EventSourcing
import Synchronization
import Telemetry

/// The log's first event, which comes before any other; and the wait for a database that is not there yet.
final class LogBeginning: Sendable {
    private let initialisation: StoreInitialisation
    private let log: Log
    private let begun = Atomic(false)

    private static let pause = Duration.seconds(1)
    /// How often the log of the process says that the database is away.
    private static let reminder = Duration.seconds(60)

    init(_ initialisation: StoreInitialisation, log: Log) {
        self.initialisation = initialisation
        self.log = log
    }

    /// Whether the log has its first event, so that others may follow.
    var hasBegun: Bool { begun.load(ordering: .acquiring) }

    /// Begins the log if its database can be reached.
    ///
    /// - Returns: Why it cannot be reached; nil when the log has begun.
    /// - Throws: `SchemaMissing`, and everything that does not pass.
    func attempt() async throws -> String? {
        do {
            let epoch = try await initialisation.run()
            begun.store(true, ordering: .releasing)
            log.info("has a log", ["store_epoch": "\(epoch)"])
            return nil
        } catch EventStoreError.unavailable(let why, let code) {
            if Self.missingSchema.contains(code ?? "") { throw SchemaMissing() }
            guard Self.isPassing(code) else { throw EventStoreError.unavailable(why, code: code) }
            return why
        } catch EventStoreError.outcomeUnknown(let why) {
            return why
        }
    }

    /// SQLSTATE: undefined table, invalid schema name.
    private static let missingSchema: Set = ["42P01", "3F000"]

    /// Whether there was no answer, or SQLSTATE is of the classes connection exception, insufficient resources, operator
    /// intervention.
    private static func isPassing(_ sqlState: String?) -> Bool {
        guard let sqlState else { return true }
        return sqlState.hasPrefix("08") || sqlState.hasPrefix("53") || sqlState.hasPrefix("57P")
    }

    /// Begins the log as soon as its database can be reached.
    func wait(after failure: String) async throws {
        var failure = failure
        var nextReminder = ContinuousClock.now
        while true {
            if ContinuousClock.now >= nextReminder {
                log.error("the database cannot be reached; it is tried again each second", ["error": failure])
                nextReminder = .now + Self.reminder
            }
            try await Task.sleep(for: Self.pause)
            guard let next = try await attempt() else { return }
            failure = next
        }
    }
}

/// The database is there, and Weir's schema is not in it.
struct SchemaMissing: Error, CustomStringConvertible {
    let description = "the database has no schema of Weir's: run “weir migrate”"
}
