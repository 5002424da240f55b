import COpenSSL

/// Computes a SHA-256 digest of content that comes in pieces.
package struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    package init() {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
        precondition(EVP_DigestInit_ex2(context, OpenSSL.sha256, nil) == 1, "SHA-256 did not start")
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Takes the next piece.
    package mutating func update(_ piece: some Collection<UInt8>) {
        piece.withContiguousBytes { piece in
            precondition(EVP_DigestUpdate(context, piece.baseAddress, piece.count) == 1, "SHA-256 failed")
        }
    }

    /// The digest of all pieces, in their order.
    package consuming func finalize() -> SHA256Digest {
        let bytes = [UInt8](unsafeUninitializedCapacity: SHA256Digest.byteCount) { digest, count in
            precondition(EVP_DigestFinal_ex(context, digest.baseAddress, nil) == 1, "SHA-256 failed")
            count = SHA256Digest.byteCount
        }
        return SHA256Digest(computed: bytes)
    }
}
