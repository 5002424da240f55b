import COpenSSL

/// The 32 bytes that SHA-256 (FIPS 180-4) makes of any bytes. Prints as lower-case hexadecimal.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// The length of every digest.
    package static let byteCount = 32

    /// Exactly `byteCount` bytes.
    package let bytes: [UInt8]

    /// The digest of `content`.
    package init(of content: some Collection<UInt8>) {
        bytes = content.withContiguousBytes { content in
            [UInt8](unsafeUninitializedCapacity: Self.byteCount) { digest, count in
                let done = EVP_Digest(
                    content.baseAddress, content.count, digest.baseAddress, nil, OpenSSL.sha256, nil)
                precondition(done == 1, "SHA-256 failed: \(OpenSSL.failure("EVP_Digest"))")
                count = Self.byteCount
            }
        }
    }

    /// A digest that was computed elsewhere; nil where `bytes` are not 32.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    init(computed bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var description: String { Hexadecimal.encode(bytes) }
}
