import API
import ControlPlane
import Foundation
import Terminal

extension AuditCommand {
    private static let document = Positional("file", .path, summary: "a bundle, or a proof of “weir audit prove”")
    private static let keys = Option(
        repeated: "public-key", .text, placeholder: "KEY", environment: "WEIR_PUBLIC_KEY",
        summary: "what verifies checkpoints, as “weir audit keygen” printed it, or a file of such lines")
    private static let witness = Option(
        "witness", .path, placeholder: "PLACE",
        summary: "checkpoints that were kept elsewhere: a file, a witness's folder, or s3://BUCKET/PREFIX (its newest)")
    private static let origin = Option("origin", .text, placeholder: "NAME", summary: "the log that it must be of")
    private static let exportedAt = Option(
        "exported-at", .text, placeholder: "TIME",
        summary:
            "when the bundle was exported, if you know better than it says: what the witness had by then must be in it")
    private static let askedSeq = Option(
        "seq", .integer(in: 1...Int.max), placeholder: "SEQ", summary: "an event that must be in the bundle")

    static let verify = Command(
        "verify", summary: "verify a bundle or a proof, offline, with the public key alone",
        discussion: """
            Ends with status 1 at the first thing that is wrong, and names its seq. Remarks are not wrong: they are what an auditor asks about, such as a time without checkpoints.

            Without a witness nobody can tell that the end of the log, with its checkpoints, was cut off.
            """, parameters: [document, keys, witness, origin, exportedAt, askedSeq, Session.output]
    ) { arguments, console in
        let keys = try arguments[keys].flatMap(verifierKeys)
        guard !keys.isEmpty else { throw UsageError("--public-key is missing; auditors are given it with the log") }
        let witnessed = try await kept(at: arguments[witness], keys)
        let expectation = BundleExpectation(
            keys: keys, origin: arguments[origin], witnessed: witnessed,
            exportedAt: try time(arguments[exportedAt], "--exported-at"), seq: arguments[askedSeq].map(Int64.init))
        let output = VerificationOutput(console, isJSON: arguments[Session.output] == .json)
        do {
            if let proof = try ProofDocument(path: arguments[document]) {
                try output.show(try proof.verify(expectation))
            } else {
                try output.show(try await verify(arguments[document], expectation, console))
            }
        } catch let fault as LedgerFault {
            try output.show(fault)
            throw NotVerified()
        }
    }

    private static func verify(
        _ path: String, _ expectation: BundleExpectation, _ console: Console
    ) async throws -> VerificationReport {
        guard let file = FileHandle(forReadingAtPath: path) else { throw UsageError("\(path) cannot be read") }
        let line = ProgressLine(console)
        defer { line.end() }
        var shown = ContinuousClock.now
        return try await BundleVerification.run(expectation) { seq, total in
            guard ContinuousClock.now - shown > .milliseconds(500) else { return }
            shown = .now
            line.show("\(ProgressBar.text(seq, of: total))  seq \(seq)")
        } next: {
            try file.read(upToCount: 4 << 20).flatMap { $0.isEmpty ? nil : [UInt8]($0) }
        }
    }

    private static func verifierKeys(_ text: String) throws -> [VerifierKey] {
        let lines =
            FileManager.default.fileExists(atPath: text)
            ? try String(contentsOf: URL(filePath: text), encoding: .utf8).split(whereSeparator: \.isNewline)
            : [Substring(text)]
        return try lines.filter { !$0.hasPrefix("#") }.map { line in
            do throws(MalformedKey) { return try VerifierKey(line) } catch {
                throw UsageError("--public-key: \(error)")
            }
        }
    }

    private static func kept(at place: String?, _ keys: [VerifierKey]) async throws -> [Checkpoint] {
        guard let place else { return [] }
        let notes = try await WitnessPlace.notes(at: place)
        guard !notes.isEmpty else { throw UsageError("--witness holds no checkpoint") }
        return try notes.map { text in
            do throws(MalformedNote) {
                return try Checkpoint(note: text, signedByOneOf: keys)
            } catch {
                throw UsageError("--witness: a checkpoint cannot be used: \(error)")
            }
        }
    }
}

/// The verification's result was shown already.
struct NotVerified: Error {}

/// Writes what was found, for people or for programs.
struct VerificationOutput {
    private let console: Console
    private let isJSON: Bool

    init(_ console: Console, isJSON: Bool) {
        self.console = console
        self.isJSON = isJSON
    }

    private struct Fault: Encodable {
        let valid = false
        let kind: String
        let seq: Int64?
        let detail: String
    }

    private struct Summary: Encodable {
        let valid = true
        let facts: [String: String]
        let remarks: [String]
        let remarkCount: Int

        enum CodingKeys: String, CodingKey {
            case valid, facts, remarks
            case remarkCount = "remark_count"
        }
    }

    func show(_ fault: LedgerFault) throws {
        if isJSON {
            return try console.writeLine(json: Fault(kind: fault.kind.rawValue, seq: fault.seq, detail: fault.detail))
        }
        console.writeError("NOT VERIFIED: \(fault)\n")
    }

    func show(_ report: VerificationReport) throws {
        var facts: [(String, String)] = [
            ("log", report.last?.origin ?? ""), ("events", "\(report.events)"), ("blocks", "\(report.blocks)"),
            ("checkpoints", "\(report.checkpoints)"), ("tree_size", "\(report.last?.size ?? 0)"),
            ("root_hash", report.last?.root.base64 ?? ""),
            ("last_checkpoint", report.last.map { Checkpoint.text(of: $0.time) } ?? ""),
            ("longest_time_between_checkpoints", "\(Int(report.longestGap.rounded(.up))) s"),
            ("exported", report.header.map { Checkpoint.text(of: $0.exportedAt) } ?? ""),
        ]
        if report.omitted > 0 { facts.append(("only_as_hashes", "\(report.omitted)")) }
        if let filter = report.header?.filter { facts.append(("narrowed_to", filter.description)) }
        if report.streams > 0 { facts.append(("gapless_streams", "\(report.streams)")) }
        if report.witnessed > 0 { facts.append(("witnessed_checkpoints", "\(report.witnessed)")) }
        if report.witnessedLater > 0 { facts.append(("witnessed_after_export", "\(report.witnessedLater)")) }
        if let leaf = report.asked { facts.append(("event_leaf_hash", leaf.base64)) }
        try show(facts, report.remarks, report.remarkCount)
    }

    func show(_ facts: [(String, String)], _ remarks: [String] = [], _ count: Int = 0) throws {
        if isJSON {
            return try console.writeLine(
                json: Summary(
                    facts: Dictionary(facts) { first, _ in first }, remarks: remarks, remarkCount: count))
        }
        console.writeLine(Table(["VERIFIED", ""], rows: facts.map { [$0.0.replacing("_", with: " "), $0.1] }))
        for remark in remarks { console.writeLine("remark: \(remark)") }
        if count > remarks.count { console.writeLine("… and \(count - remarks.count) remarks more") }
    }
}

extension Console {
    /// One JSON document.
    func writeLine(json value: some Encodable) throws {
        let encoder = WireFormat.encoder()
        encoder.outputFormatting.insert(.prettyPrinted)
        writeLine(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
