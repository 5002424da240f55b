import COpenSSL

/// Bytes that nobody can guess, from the library's generator, which the kernel seeds.
package enum RandomBytes {
    /// - Throws: `CryptographyError.libraryFailure` where no randomness is to be had.
    package static func make(_ count: Int) throws(CryptographyError) -> [UInt8] {
        precondition(count >= 0, "a number of bytes is not negative")
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_priv_bytes(&bytes, CInt(count)) == 1 else { throw OpenSSL.failure("RAND_priv_bytes") }
        return bytes
    }
}
