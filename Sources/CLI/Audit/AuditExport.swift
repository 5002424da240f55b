import API
import APIClient
import ControlPlane
import Foundation
import HTTPClient
import Terminal

extension AuditCommand {
    private static let file = Positional("file", .path, summary: "the bundle")
    private static let since = Option("since", .text, placeholder: "TIME", summary: "events from this time on")
    private static let until = Option("until", .text, placeholder: "TIME", summary: "events before this time")
    private static let stream = Option("stream", .text, placeholder: "STREAM", summary: "events of this stream")
    private static let actor = Option("actor", .text, placeholder: "ACTOR", summary: "events of this actor")
    private static let type = Option("type", .text, placeholder: "TYPE", summary: "events of this type")

    static let export = Command(
        "export", summary: "write the log with its evidence to a bundle (JSON Lines)",
        discussion: """
            Run again with the same file it goes on where it stopped. A bundle that is narrowed holds the other events' hashes, so that it verifies as a whole; that they do not match is then the server's word.

            The export is itself an event of the log. docs/audit-bundle.md tells the format.
            """, parameters: [file, since, until, stream, actor, type, Session.server]
    ) { arguments, console in
        let client = try Session.client(arguments)
        let filter = BundleFilter(
            since: try time(arguments[since], "--since"), until: try time(arguments[until], "--until"),
            stream: arguments[stream], actor: arguments[actor], type: arguments[type])
        let bundle = try BundleFile(path: arguments[file], filter: filter.isEmpty ? nil : filter)
        if bundle.isComplete { return console.writeLine("\(arguments[file]) is complete already") }
        var query: [(String, String?)] = [
            ("since", filter.since.map(WireTime.format)), ("until", filter.until.map(WireTime.format)),
            ("stream", filter.stream), ("actor", filter.actor), ("type", filter.type),
        ]
        if let header = bundle.header, bundle.lastSeq > 0 {
            query += [
                ("after", "\(bundle.lastSeq)"), ("tree_size", "\(header.treeSize)"),
                ("checkpoint", "\(header.checkpoint)"),
            ]
        }
        try await receive(try await client.download(Endpoints.exportLog.path(), query: query), bundle, console)
    }

    private static func receive(
        _ answer: WeirClient.Download, _ bundle: BundleFile, _ console: Console
    ) async throws {
        var bundle = bundle
        let line = ProgressLine(console)
        let start = ContinuousClock.now
        let first = bundle.lastSeq
        var shown = start
        do {
            for try await piece in answer.body {
                try bundle.write(piece)
                guard ContinuousClock.now - shown > .milliseconds(200) else { continue }
                shown = ContinuousClock.now
                let seconds = max(0.001, (shown - start) / .seconds(1))
                let rate = Int(Double(bundle.lastSeq - first) / seconds)
                line.show(
                    "\(ProgressBar.text(bundle.lastSeq, of: bundle.header?.treeSize ?? 0))  seq \(bundle.lastSeq), "
                        + "\(rate) events/s, \(bundle.byteCount >> 20) MiB")
            }
            try bundle.close()
        } catch {
            line.end()
            throw ExportCut(path: bundle.path, reason: "\(error)")
        }
        line.end()
        guard try BundleFile(path: bundle.path, filter: bundle.header?.filter).isComplete else {
            throw ExportCut(path: bundle.path, reason: "the server ended before the last checkpoint")
        }
        console.writeLine(
            "\(bundle.path): seq 1 to \(bundle.header?.treeSize ?? 0), checkpoint \(bundle.header?.checkpoint ?? 0), "
                + "\(bundle.byteCount) bytes")
    }

    static func time(_ text: String?, _ name: String) throws -> Date? {
        guard let text else { return nil }
        guard let time = WireTime.parse(text) else {
            throw UsageError("\(name) must be a time in UTC such as 2026-11-24T05:00:00Z")
        }
        return Date(timeIntervalSince1970: (time.timeIntervalSince1970 * 1_000).rounded() / 1_000)
    }
}

/// How far work is, as a bar of characters.
enum ProgressBar {
    static func text(_ done: Int64, of total: Int64, width: Int = 20) -> String {
        let part = total > 0 ? Int(min(done, total) * Int64(width) / total) : 0
        let percent = total > 0 ? min(done, total) * 100 / total : 0
        return "[" + String(repeating: "#", count: part) + String(repeating: "-", count: width - part)
            + "] \(percent) %"
    }
}

/// An export ended early.
struct ExportCut: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "the export was cut off: \(reason). Run the same command again: \(path) goes on" }
}
