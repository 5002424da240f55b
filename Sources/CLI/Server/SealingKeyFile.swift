import Cryptography
import Foundation
import Terminal

/// The file that holds the key for secrets: 32 bytes in base64, readable by its owner alone.
struct SealingKeyFile: Sendable {
    let key: SealingKey

    /// - Throws: What is wrong with the file and how to mend it.
    init(path: String) throws {
        let url = URL(filePath: path)
        guard let data = try? Data(contentsOf: url) else {
            throw UsageError(
                "--key-file \(path) cannot be read; make one with: head -c 32 /dev/urandom | base64 > FILE")
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        if let mode = attributes[.posixPermissions] as? Int, mode & 0o077 != 0 {
            throw UsageError("--key-file \(path) can be read by others; chmod 600 \(path)")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        do {
            key = try SealingKey(base64: Secret(text))
        } catch {
            throw UsageError("--key-file \(path) does not hold 32 bytes in base64")
        }
    }

    /// Makes a key file where there is none.
    static func make(path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let text = Data(try RandomBytes.make(SealingKey.byteCount)).base64EncodedString() + "\n"
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw UsageError("the key file \(path) cannot be written") }
    }
}
