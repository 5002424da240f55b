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
        } catch EventStoreError.unavailable(let why) {
            let state = SQLState(in: why)
            if state.isMissingSchema { throw SchemaMissing() }
            guard state.isPassing else { throw EventStoreError.unavailable(why) }
            return why
        } catch EventStoreError.outcomeUnknown(let why) {
            return why
        }
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

/// What Postgres has said in an error of the log's port, which carries its words alone.
private struct SQLState {
    private let code: String?

    init(in text: String) {
        code = text.firstMatch(of: /SQLSTATE (\w{5})/).map { String($0.1) }
    }

    /// Undefined table, invalid schema name.
    var isMissingSchema: Bool { code == "42P01" || code == "3F000" }

    /// There was no answer, or one of the classes connection exception, insufficient resources, operator intervention.
    var isPassing: Bool {
        guard let code else { return true }
        return code.hasPrefix("08") || code.hasPrefix("53") || code.hasPrefix("57P")
    }
}

/// The database is there, and Weir's schema is not in it.
struct SchemaMissing: Error, CustomStringConvertible {
    let description = "the database has no schema of Weir's: run “weir migrate”"
}
