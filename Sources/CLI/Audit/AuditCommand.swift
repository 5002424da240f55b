import API
import APIClient
import ControlPlane
import Foundation
import Terminal

/// What auditors do: keys, checkpoints, proofs, bundles.
enum AuditCommand {
    static let command = Command(
        "audit", summary: "the log's evidence: checkpoints, proofs, bundles, and their verification",
        subcommands: [keygen, checkpoint, prove, consistency, export, verify])

    private static let keyFile = Positional("file", .path, summary: "where the private key goes")
    private static let keyName = Option(
        "name", .text, default: "weir", placeholder: "NAME",
        summary: "the key's name, as in “weir.example.org”; without spaces and plus signs")

    private static let keygen = Command(
        "keygen", summary: "make a key that signs checkpoints, and print what verifies it",
        discussion:
            "The file is readable by its owner alone. Give the printed public key to auditors; it is no secret.",
        parameters: [keyFile, keyName]
    ) { arguments, console in
        guard VerifierKey.isName(arguments[keyName]) else {
            throw UsageError("--name must be a text without spaces and plus signs")
        }
        console.writeLine("\(try CheckpointKeyFile.make(path: arguments[keyFile], name: arguments[keyName]))")
    }

    static let treeSize = Option(
        "tree-size", .integer(in: 1...Int.max), placeholder: "SIZE",
        summary: "of a checkpoint; the newest when left out")

    private static let checkpoint = Command(
        "checkpoint", summary: "show the newest checkpoint's signed note",
        parameters: [treeSize, Session.server]
    ) { arguments, console in
        let client = try Session.client(arguments)
        let query = [("tree_size", arguments[treeSize].map(String.init))]
        let note = try await client.text(Endpoints.getCheckpoint.path(), query: query)
        console.write(note)
    }

    private static let seq = Positional("seq", .integer(in: 1...Int.max), summary: "the event's seq")

    private static let prove = Command(
        "prove", summary: "get a proof that an event is in the log",
        discussion: "The JSON document has all that “weir audit verify” needs to check it, without a server.",
        parameters: [seq, treeSize, Session.server]
    ) { arguments, console in
        let client = try Session.client(arguments)
        let proof = try await client.get(
            Endpoints.proveInclusion, Endpoints.proveInclusion.path(),
            query: [("seq", "\(arguments[seq])"), ("tree_size", arguments[treeSize].map(String.init))])
        try console.writeLine(json: proof)
    }

    private static let from = Option(
        required: "from", .integer(in: 1...Int.max), placeholder: "SIZE", summary: "the smaller tree's size")
    private static let to = Option(
        "to", .integer(in: 1...Int.max), placeholder: "SIZE",
        summary: "the size of a later checkpoint; the newest when left out")

    private static let consistency = Command(
        "consistency", summary: "get a proof that one tree begins with another",
        discussion: "“weir audit verify DOCUMENT --witness FILE” checks it against a checkpoint that was kept.",
        parameters: [from, to, Session.server]
    ) { arguments, console in
        let client = try Session.client(arguments)
        let proof = try await client.get(
            Endpoints.proveConsistency, Endpoints.proveConsistency.path(),
            query: [("from", "\(arguments[from])"), ("to", arguments[to].map(String.init))])
        try console.writeLine(json: proof)
    }
}
