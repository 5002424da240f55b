import COpenSSL

/// Message authentication codes by HMAC with SHA-256 (RFC 2104, FIPS 198-1).
package enum HMACSHA256 {
    /// The code of `message` under `key`. Keys shorter than 32 bytes weaken it.
    package static func code(for message: some Collection<UInt8>, key: some Collection<UInt8>) -> [UInt8] {
        message.withContiguousBytes { message in
            key.withContiguousBytes { key in
                [UInt8](unsafeUninitializedCapacity: SHA256Digest.byteCount) { code, count in
                    // A null key would mean "the key of the call before" to the library.
                    var empty: UInt8 = 0
                    let made = withUnsafePointer(to: &empty) { empty in
                        HMAC(
                            OpenSSL.sha256, key.baseAddress ?? empty, CInt(key.count), message.baseAddress,
                            message.count, code.baseAddress, nil)
                    }
                    precondition(made != nil, "HMAC failed: \(OpenSSL.failure("HMAC"))")
                    count = SHA256Digest.byteCount
                }
            }
        }
    }

    /// Whether `code` is that of `message`, in a time that does not depend on where they differ.
    package static func isValid(
        _ code: some Collection<UInt8>, for message: some Collection<UInt8>, key: some Collection<UInt8>
    ) -> Bool {
        ConstantTime.areEqual(code, Self.code(for: message, key: key))
    }
}
