import Foundation
import Terminal

/// What a benchmark saw, for people and programs.
struct Report {
    let name: String
    let rounds: Int
    private var rows: [(figure: String, values: [Double], digits: Int)] = []

    init(_ name: String, rounds: Int) {
        self.name = name
        self.rounds = rounds
    }

    enum Format: String, CaseIterable, Sendable {
        case table, json
    }

    static let output = Option("output", .choice(Format.self), default: .table, summary: "for people or for programs")
    static let rounds = Option("rounds", .integer(in: 3...100), default: 3, summary: "how many rounds")
    static let seconds = Option("seconds", .integer(in: 1...600), default: 5, summary: "how long a measurement takes")
    static let ownerURL = Option(required: "owner-url", .text, isSecret: true, summary: "as the administrator")
    static let keyFile = Option(required: "key-file", .text, summary: "the key for secrets")
    static let serviceURL = Option(required: "service-url", .text, isSecret: true, summary: "as the service's role")

    /// Adds what was seen of a figure in one round.
    mutating func add(_ figure: String, _ value: Double, digits: Int = 0) {
        if let index = rows.firstIndex(where: { $0.figure == figure }) {
            rows[index].values.append(value)
        } else {
            rows.append((figure, [value], digits))
        }
    }

    /// Adds the ratio of two figures, round by round.
    mutating func addRatio(_ figure: String, of: String, to: String) {
        guard let above = rows.first(where: { $0.figure == of }), let below = rows.first(where: { $0.figure == to })
        else { return }
        rows.append((figure, zip(above.values, below.values).map { $0 / $1 }, 2))
    }

    /// Adds the ratio of a figure's last value to its first.
    mutating func addLastToFirst(_ figure: String, of: String) {
        guard let values = rows.first(where: { $0.figure == of })?.values, let first = values.first,
            let last = values.last
        else { return }
        rows.append((figure, [last / first], 2))
    }

    func write(_ format: Format, to console: Console) throws {
        switch format {
        case .json:
            struct Document: Encodable {
                let bench: String
                let figures: [String: Double]
            }
            let figures = Dictionary(uniqueKeysWithValues: rows.map { ($0.figure, Self.median($0.values)) })
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            let document = try encoder.encode(Document(bench: name, figures: figures))
            console.writeLine(String(decoding: document, as: UTF8.self))
        case .table:
            console.writeLine("bench \(name), \(rounds) rounds, interleaved")
            for line in try Machine.lines() { console.writeLine(line) }
            console.writeLine()
            console.writeLine(
                Table(
                    [
                        "FIGURE", .init("MEDIAN", alignment: .right), .init("MIN", alignment: .right),
                        .init("MAX", alignment: .right),
                    ],
                    rows: rows.map { row in
                        let seen = [Self.median(row.values), row.values.min() ?? 0, row.values.max() ?? 0]
                        return [row.figure] + seen.map { String(format: "%.\(row.digits)f", $0) }
                    }))
        }
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

/// Where it was measured, and with what.
enum Machine {
    static func lines() throws -> [String] {
        let cpu = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
            .first { $0.hasPrefix("model name") }?.split(separator: ":").last.map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        return [
            "machine: \(cpu ?? "unknown"), \(ProcessInfo.processInfo.activeProcessorCount) cores",
            "weir \(try Subprocess.output("git", "rev-parse", "--short", "HEAD")), "
                + "\(try Subprocess.output("swift", "--version").split(separator: "\n").first ?? ""), "
                + "\(try Subprocess.output("pg_config", "--version")), "
                + "libmicrohttpd \(try Subprocess.output("pkg-config", "--modversion", "libmicrohttpd"))",
        ]
    }
}

/// A program that is run and listened to.
enum Subprocess {
    /// What it prints, without its last line feed.
    ///
    /// - Throws: `SubprocessFailed` unless it ends with status 0.
    static func output(_ words: String...) throws -> String {
        try output(words)
    }

    /// - Parameter input: What it reads from its standard input; at most what a pipe holds, 64 KiB.
    static func output(_ words: [String], input: Data? = nil) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        if let input {
            let source = Pipe()
            try source.fileHandleForWriting.write(contentsOf: input)
            try source.fileHandleForWriting.close()
            process.standardInput = source
        }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw SubprocessFailed(words: words) }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}

struct SubprocessFailed: Error, CustomStringConvertible {
    let words: [String]
    /// Without the arguments: they may hold a password.
    var description: String { "\(words.first ?? "") failed" }
}
