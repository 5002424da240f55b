import Cryptography
import FoundationEssentials

/// A text with signatures (C2SP signed-note): the text, an empty line, and one line `— NAME BASE64` for each signature,
/// whose bytes are the key's id and the signature of the text.
package struct SignedNote: Hashable, Sendable, CustomStringConvertible {
    /// What is signed; ends with a line feed.
    package let text: String
    private let signatures: [Signature]

    private struct Signature: Hashable, Sendable {
        let name: String
        let keyID: [UInt8]
        let bytes: [UInt8]
    }

    /// The most bytes of a note, and the most signatures.
    package static let longest = 65_536
    private static let mostSignatures = 100

    /// Signs a text with each key.
    package init(_ text: String, keys: [CheckpointKey]) throws {
        precondition(text.hasSuffix("\n") && !text.contains("\n\n"), "a note's text is whole lines, none of them empty")
        self.text = text
        signatures = try keys.map {
            Signature(name: $0.verifier.name, keyID: $0.verifier.keyID, bytes: try $0.signature(of: text))
        }
    }

    /// Reads a note.
    ///
    /// - Throws: `MalformedNote`.
    package init(_ note: String) throws(MalformedNote) {
        guard note.utf8.count <= Self.longest, note.utf8.allSatisfy({ $0 >= 32 || $0 == 10 }), note.hasSuffix("\n"),
            let gap = note.ranges(of: "\n\n").last
        else { throw MalformedNote(reason: "it is not a text, an empty line and signatures") }
        text = String(note[..<gap.lowerBound]) + "\n"
        let lines = note[gap.upperBound...].dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard (1...Self.mostSignatures).contains(lines.count) else { throw MalformedNote(reason: "it is not signed") }
        var signatures: [Signature] = []
        for line in lines {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "—", VerifierKey.isName(parts[1]),
                let bytes = [UInt8](base64: parts[2]), bytes.count > 4
            else { throw MalformedNote(reason: "a line below the empty one is not “— NAME BASE64”") }
            signatures.append(
                Signature(name: String(parts[1]), keyID: Array(bytes.prefix(4)), bytes: Array(bytes.dropFirst(4))))
        }
        self.signatures = signatures
    }

    /// The keys whose signature the note bears. Signatures of unknown keys are passed over.
    ///
    /// - Throws: `MalformedNote` when a known key's signature is not that of the text.
    package func signers(among keys: [VerifierKey]) throws(MalformedNote) -> [VerifierKey] {
        var signers: [VerifierKey] = []
        for key in keys {
            for signature in signatures where signature.name == key.name && signature.keyID == key.keyID {
                guard key.publicKey.isValid(signature.bytes, for: Array(text.utf8)) else {
                    throw MalformedNote(reason: "the signature of \(key.name) is not that of this text")
                }
                signers.append(key)
            }
        }
        return signers
    }

    package var description: String {
        text + "\n"
            + signatures.map { "— \($0.name) \(Data($0.keyID + $0.bytes).base64EncodedString())\n" }.joined()
    }
}

/// Why a text is no note that can be trusted.
package struct MalformedNote: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String
    package var description: String { reason }
}

extension [UInt8] {
    /// Reads base64 (RFC 4648, section 4) in the one form that these bytes have: a text with other unused bits is none.
    init?(base64 text: some StringProtocol) {
        guard let data = Data(base64Encoded: String(text)), data.base64EncodedString() == text else { return nil }
        self = Array(data)
    }
}
