/// Why a cryptographic operation was refused.
package enum CryptographyError: Error, Hashable, Sendable {
    /// A key of this many bytes where the algorithm needs `expected`.
    case wrongKeyLength(expected: Int, actual: Int)
    /// Text that is not base64 (RFC 4648, section 4, with padding).
    case notBase64
    /// Text that is not an even number of hexadecimal digits.
    case notHexadecimal
    /// A sealed value that was changed or cut, was sealed under another key, or for another associated data.
    /// Which of them it was cannot be told.
    case notAuthentic
    /// OpenSSL refused a call that has no reason to fail: memory is exhausted, or no randomness is to be had.
    case libraryFailure(call: String, reason: String)
}
