import ControlPlane
import Foundation
import Terminal

/// A bundle that is being written: what is there of it stays, up to its last sealed line.
struct BundleFile {
    let path: String
    private(set) var header: BundleHeader?
    /// The lines reach to the event with this seq.
    private(set) var lastSeq: Int64 = 0
    private(set) var byteCount: UInt64 = 0
    /// Whether the last checkpoint is there.
    private(set) var isComplete = false
    private let handle: FileHandle
    private var rest: [UInt8] = []

    private static let sealed = Array("{\"sealed\":".utf8)
    /// How much of the file's end is looked at first.
    private static let window: UInt64 = 4 << 20

    /// Opens the file, or makes it, to go on after what it holds.
    init(path: String, filter: BundleFilter?) throws {
        self.path = path
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil) else {
                throw UsageError("\(path) cannot be written")
            }
        }
        guard let handle = FileHandle(forUpdatingAtPath: path) else { throw UsageError("\(path) cannot be written") }
        self.handle = handle
        let length = try handle.seekToEnd()
        guard length > 0 else { return }
        try handle.seek(toOffset: 0)
        let start = try handle.read(upToCount: 1 << 16) ?? Data()
        guard let end = start.firstIndex(of: 10) else {
            try cut(at: 0)
            return
        }
        guard let found = try? BundleHeader(line: Array(start[..<end])) else {
            throw UsageError("\(path) is no bundle; name another file")
        }
        guard found.filter == filter else {
            throw UsageError(
                "\(path) is another export (\(found.filter?.description ?? "all events")); name another file")
        }
        header = found
        try goOn(length: length, after: UInt64(end + 1))
    }

    /// Finds the last sealed line, whose events are fetched again.
    private mutating func goOn(length: UInt64, after firstLine: UInt64) throws {
        var window = Self.window
        while true {
            let start = length - min(length, window)
            try handle.seek(toOffset: start)
            let bytes = [UInt8](try handle.readToEnd() ?? Data())
            let lastLine = bytes.dropLast().lastIndex(of: 10).map { bytes[($0 + 1)...] } ?? bytes[...]
            if bytes.last == 10, case .checkpoint(header?.checkpoint)? = BundleLineKind(lastLine) {
                isComplete = true
                byteCount = length
                return
            }
            var end = bytes.endIndex
            while let feed = bytes[..<end].lastIndex(of: 10) {
                if case .sealed(let seq) = BundleLineKind(bytes[(feed + 1)...]) {
                    lastSeq = seq - 1
                    return try cut(at: lastSeq == 0 ? 0 : start + UInt64(feed) + 1)
                }
                end = feed
            }
            guard start > 0 else { return try cut(at: 0) }
            window *= 4
        }
    }

    private mutating func cut(at length: UInt64) throws {
        if length == 0 { header = nil }
        try handle.truncate(atOffset: length)
        try handle.seek(toOffset: length)
        byteCount = length
    }

    /// Appends what came from the server.
    mutating func write(_ bytes: [UInt8]) throws {
        try handle.write(contentsOf: Data(bytes))
        byteCount += UInt64(bytes.count)
        if header == nil {
            rest += bytes.prefix(1 << 16)
            if let end = rest.firstIndex(of: 10) { header = try BundleHeader(line: Array(rest[..<end])) }
        }
        guard let feed = bytes.lastIndex(of: 10), let seq = Self.lastEvent(bytes[..<feed]) else { return }
        lastSeq = seq
    }

    /// The seq of the last event whose line ends in these bytes.
    private static func lastEvent(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard let feed = bytes.lastIndex(of: 10) else { return nil }
        if case .event(let seq) = BundleLineKind(bytes[(feed + 1)...]) { return seq }
        return nil
    }

    func close() throws {
        try handle.synchronize()
        try handle.close()
    }
}

/// What a line is, and its number, told by its beginning.
enum BundleLineKind: Equatable {
    case sealed(Int64)
    case event(Int64)
    case checkpoint(Int64?)

    init?(_ line: ArraySlice<UInt8>) {
        let start = String(decoding: line.prefix(40), as: UTF8.self)
        guard let match = start.prefixMatch(of: /\{"(sealed|event|checkpoint)":(\d+),/), let number = Int64(match.2)
        else { return nil }
        switch match.1 {
        case "sealed": self = .sealed(number)
        case "event": self = .event(number)
        default: self = .checkpoint(number)
        }
    }
}
