import COpenSSL
import FoundationEssentials

/// A key that seals values: AES-256-GCM (NIST SP 800-38D) with a fresh random 96-bit nonce for each.
///
/// A sealed value is nonce (12 bytes), ciphertext (as long as the plaintext) and tag (16 bytes), in this order.
/// Random nonces bound one key to 2³² sealings.
package struct SealingKey: Sendable, CustomStringConvertible, CustomReflectable {
    package static let byteCount = 32
    /// By how much a sealed value is longer than what it holds.
    package static let overhead = nonceByteCount + tagByteCount
    static let nonceByteCount = 12
    static let tagByteCount = 16

    private let material: KeyMaterial

    /// - Throws: `CryptographyError.wrongKeyLength` where `bytes` are not 32.
    package init(bytes: some Collection<UInt8>) throws(CryptographyError) {
        guard bytes.count == Self.byteCount else {
            throw .wrongKeyLength(expected: Self.byteCount, actual: bytes.count)
        }
        material = KeyMaterial(bytes)
    }

    /// Reads a key from base64 text, as `openssl rand -base64 32` prints it; white space around it is ignored.
    ///
    /// - Throws: `CryptographyError.notBase64`, or `.wrongKeyLength`.
    package init(base64 text: Secret) throws(CryptographyError) {
        let digits = text.reveal().filter { !$0.isWhitespace }
        guard let bytes = Data(base64Encoded: digits) else { throw .notBase64 }
        try self.init(bytes: bytes)
    }

    /// A new key that nobody knows.
    package static func random() throws(CryptographyError) -> SealingKey {
        try SealingKey(bytes: RandomBytes.make(byteCount))
    }

    /// Seals a value.
    ///
    /// - Parameter associatedData: Authenticated with the value and not held in it: what the value belongs to, so that
    ///   a sealed value moved to another place does not open there.
    package func seal(
        _ plaintext: some Collection<UInt8>, associatedData: some Collection<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
        let nonce = try RandomBytes.make(Self.nonceByteCount)
        return try seal(plaintext, associatedData: associatedData, nonce: nonce)
    }

    /// Opens a sealed value.
    ///
    /// - Throws: `CryptographyError.notAuthentic`.
    package func open(
        _ sealed: some Collection<UInt8>, associatedData: some Collection<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= Self.overhead else { throw .notAuthentic }
        let sealed = Array(sealed)
        let context = try CipherContext()
        try context.start(.open, key: material, nonce: sealed[..<Self.nonceByteCount])
        try context.authenticate(associatedData)
        let plaintext = try context.transform(sealed[Self.nonceByteCount..<(sealed.count - Self.tagByteCount)])
        try context.verify(tag: sealed.suffix(Self.tagByteCount))
        return plaintext
    }

    /// As `seal`, under a nonce that must never have been used with this key: for known-answer tests.
    func seal(
        _ plaintext: some Collection<UInt8>, associatedData: some Collection<UInt8>, nonce: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let context = try CipherContext()
        try context.start(.seal, key: material, nonce: nonce[...])
        try context.authenticate(associatedData)
        let ciphertext = try context.transform(plaintext)
        return try nonce + ciphertext + context.tag()
    }

    package var description: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
