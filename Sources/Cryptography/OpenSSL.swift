import COpenSSL

/// What this module takes from libcrypto: algorithms, each fetched once because a look-up at every call is slow, and
/// the library's error queue.
enum OpenSSL {
    /// Algorithms are immutable once fetched, are never freed, and may be used by any thread.
    nonisolated(unsafe) static let sha256: OpaquePointer = fetched(EVP_MD_fetch(nil, "SHA256", nil), "SHA256")
    nonisolated(unsafe) static let aes256GCM: OpaquePointer = fetched(
        EVP_CIPHER_fetch(nil, "AES-256-GCM", nil), "AES-256-GCM")

    private static func fetched(_ algorithm: OpaquePointer?, _ name: String) -> OpaquePointer {
        guard let algorithm else { preconditionFailure("OpenSSL offers no \(name)") }
        return algorithm
    }

    /// Turns a failed call into an error, and empties the thread's error queue.
    static func failure(_ call: String) -> CryptographyError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else {
            return .libraryFailure(call: call, reason: "no reason given")
        }
        return .libraryFailure(call: call, reason: String(cString: reason))
    }

    /// - Parameter result: What the call returned; 1 means success.
    static func check(_ result: CInt, _ call: String) throws(CryptographyError) {
        guard result == 1 else { throw failure(call) }
    }
}

extension Collection where Element == UInt8 {
    /// Lends the bytes as one piece of memory, copying them only where they do not lie in one.
    func withContiguousBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outcome = withContiguousStorageIfAvailable { buffer -> Swift.Result<Result, Failure> in
            do throws(Failure) { return .success(try body(buffer)) } catch { return .failure(error) }
        }
        if let outcome { return try outcome.get() }
        return try Array(self).withUnsafeBufferPointer(body)
    }
}
