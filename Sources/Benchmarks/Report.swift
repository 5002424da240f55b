import Foundation
import Terminal

/// What a benchmark saw, for people and programs.
struct Report {
    let name: String
    let rounds: Int
    private var rows: [(figure: String, values: [Double], digits: Int)] = []
    private var ratios: [(figure: String, of: String, to: String)] = []

    init(_ name: String, rounds: Int) {
        self.name = name
        self.rounds = rounds
    }

    /// Options of every benchmark.
    static let options = [
        Option("output", "FORMAT", "table or json", default: "table"),
        Option("rounds", "COUNT", "how many rounds, at least 3", default: "3"),
        Option("seconds", "SECONDS", "how long each measurement takes", default: "5"),
    ]

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

    func write(_ format: String) throws {
        if format == "json" {
            let figures = Dictionary(uniqueKeysWithValues: rows.map { ($0.figure, Self.median($0.values)) })
            struct Document: Encodable {
                let bench: String
                let figures: [String: Double]
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            print(String(decoding: try encoder.encode(Document(bench: name, figures: figures)), as: UTF8.self))
        } else {
            print("bench \(name), \(rounds) rounds, interleaved")
            for line in try Machine.lines() { print(line) }
            print("")
            print(
                Table(
                    ["figure", "median", "min", "max"],
                    rows: rows.map { row in
                        [Self.median(row.values), row.values.min() ?? 0, row.values.max() ?? 0].reduce(
                            into: [row.figure]
                        ) { $0.append(String(format: "%.\(row.digits)f", $1)) }
                    }
                ).text)
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
            "weir \(try Program.output("git", "rev-parse", "--short", "HEAD")), "
                + "\(try Program.output("swift", "--version").split(separator: "\n").first ?? ""), "
                + "\(try Program.output("pg_config", "--version")), "
                + "libmicrohttpd \(try Program.output("pkg-config", "--modversion", "libmicrohttpd"))",
        ]
    }
}

/// A program that is run and listened to.
enum Program {
    /// What it prints, without its last line feed.
    ///
    /// - Throws: `ProgramFailed` unless it ends with status 0.
    static func output(_ words: String...) throws -> String {
        try output(words)
    }

    static func output(_ words: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ProgramFailed(words: words) }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}

struct ProgramFailed: Error, CustomStringConvertible {
    let words: [String]
    var description: String { "\(words.joined(separator: " ")) failed" }
}
