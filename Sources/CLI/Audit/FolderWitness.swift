import ControlPlane
import Foundation
import Glibc
import Terminal

/// Checkpoints in a folder, one file each, named by their numbers: on another machine's disk, or one that is written once.
struct FolderWitness: Witness {
    private let folder: URL
    private static let latestName = "latest"

    init(path: String) throws {
        folder = URL(filePath: path, directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw UsageError("the witness \(path) is no folder and cannot be made one")
        }
    }

    func keep(_ checkpoint: KeptCheckpoint) async throws {
        let name = WitnessPlace.fileName(of: checkpoint.number)
        let note = Data(checkpoint.note.utf8)
        if let known = try? Data(contentsOf: folder.appending(path: name)) {
            guard known == note else { throw WitnessDisagrees(number: checkpoint.number) }
        } else {
            try write(note, name)
        }
        try write(note, Self.latestName)
    }

    func latest() async throws -> String? {
        let latest = folder.appending(path: Self.latestName)
        guard FileManager.default.fileExists(atPath: latest.path) else {
            guard let newest = try WitnessPlace.names(path: folder.path).last else { return nil }
            return try String(contentsOf: folder.appending(path: newest), encoding: .utf8)
        }
        var note = try String(contentsOf: latest, encoding: .utf8)
        // A crash may have left `latest` behind the files.
        var number = try Checkpoint(text: SignedNote(note).text).number
        while true {
            number += 1
            let next = folder.appending(path: WitnessPlace.fileName(of: number))
            guard let text = try? String(contentsOf: next, encoding: .utf8) else { return note }
            note = text
        }
    }

    /// Writes a file whole or not at all, and returns when it is on the disk.
    private func write(_ data: Data, _ name: String) throws {
        let target = folder.appending(path: name).path
        let draft = "\(target).\(getpid()).tmp"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw WitnessFailure(reason: "\(draft) cannot be written: \(String(cString: strerror(errno)))")
        }
        do {
            let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
            try handle.write(contentsOf: data)
            try handle.synchronize()
            try handle.close()
        }
        guard rename(draft, target) == 0 else {
            throw WitnessFailure(reason: "\(target) cannot be written: \(String(cString: strerror(errno)))")
        }
        // The new name itself is on the disk only when the folder is.
        let directory = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }
}

/// Where a witness is, and what its files are called.
enum WitnessPlace {
    static let suffix = ".checkpoint"

    static func witness(_ place: String) throws -> any Witness {
        try place.hasPrefix("s3://") ? S3Witness(place: place) : FolderWitness(path: place)
    }

    /// Sorts as the numbers do.
    static func fileName(of number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 19 - digits.count)) + digits + suffix
    }

    /// The notes at a place: of one file, of all checkpoints of a folder, or the newest of a bucket.
    static func notes(at path: String) async throws -> [String] {
        if path.hasPrefix("s3://") { return try await S3Witness(place: path).latest().map { [$0] } ?? [] }
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw UsageError("--witness \(path) is not there")
        }
        guard isFolder.boolValue else { return [try String(contentsOf: URL(filePath: path), encoding: .utf8)] }
        return try names(path: path).map {
            try String(contentsOf: URL(filePath: path).appending(path: $0), encoding: .utf8)
        }
    }

    /// The names of the checkpoints in a folder, in the order of their numbers.
    static func names(path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(suffix) }.sorted()
    }
}

/// The witness keeps another checkpoint of the same number.
struct WitnessDisagrees: Error, CustomStringConvertible {
    let number: Int64
    var description: String { "the witness keeps another checkpoint \(number) than the database" }
}

/// The witness could not be written to.
struct WitnessFailure: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
