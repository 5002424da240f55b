import ControlPlane
import Cryptography
import Terminal

/// What `weir serve` is told about checkpoints.
struct SealingSettings: Sendable {
    private static let keyFile = Option(
        "checkpoint-key-file", .path, placeholder: "FILE", environment: "WEIR_CHECKPOINT_KEY_FILE",
        summary: "holds the keys that sign checkpoints, one a line; “weir audit keygen” makes one")
    private static let key = Option(
        "checkpoint-key", .text, placeholder: "KEY", environment: "WEIR_CHECKPOINT_KEY", isSecret: true,
        summary: "the key itself instead of its file; by the environment, as others see a command line")
    private static let origin = Option(
        "checkpoint-origin", .text, placeholder: "NAME", environment: "WEIR_CHECKPOINT_ORIGIN",
        summary: "names the log in its checkpoints; derived from the store when left out")
    private static let interval = Option(
        "checkpoint-interval", .duration(in: .milliseconds(100)...(.seconds(600))), default: .seconds(10),
        environment: "WEIR_CHECKPOINT_INTERVAL", summary: "how soon new events are sealed")
    private static let quietInterval = Option(
        "checkpoint-quiet-interval", .duration(in: .seconds(1)...(.seconds(86_400))), default: .seconds(3_600),
        environment: "WEIR_CHECKPOINT_QUIET_INTERVAL", summary: "how often the log is signed when there are no events")
    private static let witness = Option(
        "witness", .text, placeholder: "PLACE", environment: "WEIR_WITNESS",
        summary: "where checkpoints are copied to, out of the database's reach: a folder, or s3://BUCKET/PREFIX")

    static let parameters: [any ParameterDeclaration] = [keyFile, key, origin, interval, quietInterval, witness]

    /// Nil where no key is given: then nothing is sealed.
    let plan: SealingPlan?
    let witness: (any Witness)?

    /// - Parameters:
    ///   - keyFile: Where nothing else is given.
    ///   - witness: Where nothing else is given.
    init(_ arguments: Arguments, keyFile: String? = nil, witness: String? = nil) throws {
        let keys: [CheckpointKey]?
        if let text = arguments[Self.key] {
            guard arguments[Self.keyFile] == nil else {
                throw UsageError("--checkpoint-key and --checkpoint-key-file exclude each other")
            }
            keys = try CheckpointKeyFile.keys(in: Secret(text), from: "--checkpoint-key")
        } else {
            keys = try (arguments[Self.keyFile] ?? keyFile).map(CheckpointKeyFile.keys(path:))
        }
        if let origin = arguments[Self.origin], !Checkpoint.isOrigin(origin) {
            throw UsageError("--checkpoint-origin must be one line of 1 to 200 bytes")
        }
        plan = keys.map { keys in
            SealingPlan(
                keys: keys, origin: arguments[Self.origin], interval: arguments[Self.interval],
                quietInterval: arguments[Self.quietInterval])
        }
        self.witness = try (arguments[Self.witness] ?? witness).map(WitnessPlace.witness)
    }
}
