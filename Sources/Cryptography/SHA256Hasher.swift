import COpenSSL

/// Computes SHA-256 digests of content that comes in pieces, one after the other.
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

    /// Takes the next piece, out of an array.
    package mutating func update(_ bytes: [UInt8], _ range: Range<Int>) {
        bytes.withUnsafeBufferPointer { bytes in
            let piece = UnsafeBufferPointer(rebasing: bytes[range])
            precondition(EVP_DigestUpdate(context, piece.baseAddress, piece.count) == 1, "SHA-256 failed")
        }
    }

    /// Takes one byte.
    package mutating func update(byte: UInt8) {
        var byte = byte
        precondition(EVP_DigestUpdate(context, &byte, 1) == 1, "SHA-256 failed")
    }

    /// Takes a digest's bytes.
    package mutating func update(_ digest: SHA256Digest) {
        digest.withBytes { bytes in
            precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "SHA-256 failed")
        }
    }

    /// The digest of all pieces, in their order; the next piece begins another one.
    package mutating func digest() -> SHA256Digest {
        let digest = SHA256Digest { EVP_DigestFinal_ex(context, $0, nil) }
        precondition(EVP_DigestInit_ex2(context, nil, nil) == 1, "SHA-256 did not start")
        return digest
    }

    /// The digest of all pieces, in their order.
    package consuming func finalize() -> SHA256Digest { digest() }
}
