import ControlPlane
import Cryptography
import Foundation
import Terminal

/// The file that holds the keys for checkpoints, one a line, readable by its owner alone. All of them sign: while keys
/// are changed, the new one stands beside the old one.
enum CheckpointKeyFile {
    /// - Throws: What is wrong with the file and how to mend it.
    static func keys(path: String) throws -> [CheckpointKey] {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw UsageError("--checkpoint-key-file \(path) cannot be read; make one with: weir audit keygen \(path)")
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        if let mode = attributes[.posixPermissions] as? Int, mode & 0o077 != 0 {
            throw UsageError("--checkpoint-key-file \(path) can be read by others; chmod 600 \(path)")
        }
        return try keys(in: Secret(String(decoding: data, as: UTF8.self)), from: "--checkpoint-key-file \(path)")
    }

    /// - Parameter source: Names where the text is from.
    static func keys(in text: Secret, from source: String) throws -> [CheckpointKey] {
        do {
            let keys = try CheckpointKey.keys(in: text)
            guard !keys.isEmpty else { throw UsageError("\(source) holds no key") }
            return keys
        } catch let error as MalformedKey {
            throw UsageError("\(source): \(error)")
        }
    }

    /// Makes a file with a new key.
    ///
    /// - Returns: What verifies it.
    static func make(path: String, name: String) throws -> VerifierKey {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw UsageError("\(path) is there already; a key is never overwritten: name another file")
        }
        let (text, verifier) = try CheckpointKey.generate(name: name)
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data((text.reveal() + "\n").utf8), attributes: [.posixPermissions: 0o600])
        else { throw UsageError("\(path) cannot be written") }
        return verifier
    }
}
