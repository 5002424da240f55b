import EventSourcing
import Foundation
import Persistence
import Postgres
import Terminal

enum StoreCommand {
    static let command = Command(
        "store", summary: "the log's database: which log it is, and what to do after a restore",
        subcommands: [show, newEpoch])

    private static let show = Command(
        "show", summary: "show the store epoch and how far the log has come", parameters: [ServeSettings.databaseURL]
    ) { arguments, console in
        let configuration = PostgresConfiguration(uri: arguments[ServeSettings.databaseURL])
        let pool = PostgresPool(configuration, limits: .init(connections: 1))
        defer { pool.close() }
        let log = PostgresEventStore(configuration, pool: pool)
        let head = try await log.head()
        console.writeLine("store epoch \(try await log.epoch()), last seq \(head)")
    }

    private static let reason = Option(
        required: "reason", .text, placeholder: "TEXT", summary: "what happened, for the auditors")

    private static let newEpoch = Command(
        "new-epoch", summary: "begin a new store epoch, after the database was restored",
        discussion: """
            To be run when the database lacks events that it once had: after a backup was restored, or when a replica \
            that was behind has taken its place, and before “weir serve” is started again.

            Processes that still work on the former log are refused from then on, and so are readers that come back \
            with a position of it. The event system.restored tells of it, with the reason. What engines were told \
            after the backup is no longer in the log: look at them for runs that Weir does not know.
            """, parameters: [reason, MigrateCommand.ownerURL]
    ) { arguments, console in
        let reason = arguments[reason]
        guard !reason.allSatisfy(\.isWhitespace), reason.utf8.count <= StoreEpochRenewal.maximumReason else {
            throw UsageError("--reason must say in 1 to \(StoreEpochRenewal.maximumReason) bytes what happened")
        }
        let done = try await StoreEpochRenewal(owner: PostgresConfiguration(uri: arguments[MigrateCommand.ownerURL]))
            .run(reason: reason, actor: "system:operator")
        console.writeLine(
            """
            store epoch \(done.epoch) begins after seq \(done.throughSeq); it was \(done.former)
            recorded as system.restored, seq \(done.receipt.lastSeq)
            """)
    }
}
