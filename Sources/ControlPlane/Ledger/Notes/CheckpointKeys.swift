package import Cryptography
import FoundationEssentials

/// Who signed a note, and how it is checked: `NAME+KEYID+BASE64`, a verifier key of C2SP signed-note for Ed25519.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let publicKey: Ed25519PublicKey

    static let algorithm: UInt8 = 1

    package init(name: String, publicKey: Ed25519PublicKey) {
        self.name = name
        self.publicKey = publicKey
    }

    /// - Throws: `MalformedKey`.
    package init(_ text: some StringProtocol) throws(MalformedKey) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, Self.isName(parts[0]), let id = try? Hexadecimal.decode(parts[1]),
            let bytes = [UInt8](base64: parts[2]), bytes.first == Self.algorithm,
            let key = try? Ed25519PublicKey(bytes: bytes.dropFirst())
        else { throw .notVerifier }
        self.init(name: String(parts[0]), publicKey: key)
        guard keyID == id else { throw .wrongKeyID }
    }

    /// Four bytes that tell keys apart; not a protection.
    package var keyID: [UInt8] {
        Array(SHA256Digest(of: Array(name.utf8) + [0x0A, Self.algorithm] + publicKey.bytes).bytes.prefix(4))
    }

    package var description: String {
        "\(name)+\(Hexadecimal.encode(keyID))+\(Data([Self.algorithm] + publicKey.bytes).base64EncodedString())"
    }

    /// A key's name is not empty and holds no space and no plus sign.
    package static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.unicodeScalars.allSatisfy { $0 != "+" && !$0.properties.isWhitespace && $0.value >= 32 }
    }
}

/// Signs checkpoints: `PRIVATE+KEY+NAME+KEYID+BASE64`, as Go's `sumdb/note` writes it, for Ed25519.
package struct CheckpointKey: Sendable, CustomStringConvertible {
    package let verifier: VerifierKey
    private let key: Ed25519PrivateKey
    private static let prefix = "PRIVATE+KEY+"

    /// - Throws: `MalformedKey`.
    package init(_ text: Secret) throws(MalformedKey) {
        let content = text.reveal()
        guard content.hasPrefix(Self.prefix) else { throw .notPrivate }
        let parts = content.dropFirst(Self.prefix.count)
            .split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, VerifierKey.isName(parts[0]), let id = try? Hexadecimal.decode(parts[1]),
            let bytes = [UInt8](base64: parts[2]), bytes.first == VerifierKey.algorithm,
            let key = try? Ed25519PrivateKey(seed: bytes.dropFirst())
        else { throw .notPrivate }
        self.key = key
        verifier = VerifierKey(name: String(parts[0]), publicKey: key.publicKey)
        guard verifier.keyID == id else { throw .wrongKeyID }
    }

    /// The keys of a file: one a line; empty lines and those that begin with `#` are passed over.
    package static func keys(in file: Secret) throws(MalformedKey) -> [CheckpointKey] {
        var keys: [CheckpointKey] = []
        for line in file.reveal().split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let text = line.filter { !$0.isWhitespace }
            if !text.isEmpty { keys.append(try CheckpointKey(Secret(text))) }
        }
        return keys
    }

    /// A new key that nobody knows, as text.
    package static func generate(name: String) throws -> (text: Secret, verifier: VerifierKey) {
        precondition(VerifierKey.isName(name), "not a key's name")
        let seed = try RandomBytes.make(Ed25519PrivateKey.byteCount)
        let verifier = VerifierKey(name: name, publicKey: try Ed25519PrivateKey(seed: seed).publicKey)
        let content = Data([VerifierKey.algorithm] + seed).base64EncodedString()
        return (Secret("\(prefix)\(name)+\(Hexadecimal.encode(verifier.keyID))+\(content)"), verifier)
    }

    func signature(of text: String) throws(CryptographyError) -> [UInt8] { try key.signature(of: Array(text.utf8)) }

    package var description: String { "•••" }
}

/// A text that is no key.
package enum MalformedKey: Error, Hashable, Sendable, CustomStringConvertible {
    case notVerifier
    case notPrivate
    case wrongKeyID

    package var description: String {
        switch self {
        case .notVerifier: "not a public key of the form NAME+KEYID+BASE64, as “weir audit keygen” prints it"
        case .notPrivate:
            "not a private key of the form PRIVATE+KEY+NAME+KEYID+BASE64, as “weir audit keygen” writes it"
        case .wrongKeyID: "the key's id does not fit its name and bytes: it was mistyped or changed"
        }
    }
}
