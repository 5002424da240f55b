import COpenSSL

/// A key that signs by Ed25519 (RFC 8032). Prints as `•••`.
///
/// Unchecked: the library's key is not changed after `init`, and its signing functions only read it.
package final class Ed25519PrivateKey: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    /// The length of the seed that the key is made of.
    package static let byteCount = 32
    private let key: OpaquePointer
    package let publicKey: Ed25519PublicKey

    /// - Parameter seed: 32 bytes that nobody can guess.
    /// - Throws: `CryptographyError.wrongKeyLength`.
    package init(seed: some Collection<UInt8>) throws(CryptographyError) {
        guard seed.count == Self.byteCount else {
            throw .wrongKeyLength(expected: Self.byteCount, actual: seed.count)
        }
        let made = seed.withContiguousBytes {
            EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, $0.baseAddress, $0.count)
        }
        guard let made else { throw OpenSSL.failure("EVP_PKEY_new_raw_private_key_ex") }
        key = made
        var bytes = [UInt8](repeating: 0, count: Ed25519PublicKey.byteCount)
        var count = bytes.count
        let read = EVP_PKEY_get_raw_public_key(made, &bytes, &count)
        do {
            try OpenSSL.check(read, "EVP_PKEY_get_raw_public_key")
            publicKey = try Ed25519PublicKey(bytes: bytes)
        } catch {
            EVP_PKEY_free(made)
            throw error
        }
    }

    deinit { EVP_PKEY_free(key) }

    /// The signature of a message: 64 bytes, always the same for the same message.
    package func signature(of message: some Collection<UInt8>) throws(CryptographyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw OpenSSL.failure("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        try OpenSSL.check(EVP_DigestSignInit(context, nil, nil, nil, key), "EVP_DigestSignInit")
        var signature = [UInt8](repeating: 0, count: Ed25519PublicKey.signatureByteCount)
        var count = signature.count
        let done = message.withContiguousBytes { message in
            EVP_DigestSign(context, &signature, &count, message.baseAddress, message.count)
        }
        try OpenSSL.check(done, "EVP_DigestSign")
        return signature
    }

    package var description: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A key that tells whether a signature by Ed25519 (RFC 8032) is that of its private key.
package struct Ed25519PublicKey: Hashable, Sendable {
    package static let byteCount = 32
    package static let signatureByteCount = 64
    package let bytes: [UInt8]

    /// - Throws: `CryptographyError.wrongKeyLength`.
    package init(bytes: some Collection<UInt8>) throws(CryptographyError) {
        guard bytes.count == Self.byteCount else {
            throw .wrongKeyLength(expected: Self.byteCount, actual: bytes.count)
        }
        self.bytes = Array(bytes)
    }

    /// Whether `signature` is that of `message`. A malformed key or signature is none.
    package func isValid(_ signature: some Collection<UInt8>, for message: some Collection<UInt8>) -> Bool {
        let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count)
        defer {
            EVP_PKEY_free(key)
            ERR_clear_error()
        }
        guard key != nil, let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
        return message.withContiguousBytes { message in
            signature.withContiguousBytes { signature in
                EVP_DigestVerify(context, signature.baseAddress, signature.count, message.baseAddress, message.count)
                    == 1
            }
        }
    }
}
