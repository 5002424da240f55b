import COpenSSL

/// One sealing or opening in AES-256-GCM: associated data first, then the content, then the tag.
struct CipherContext: ~Copyable {
    enum Direction: CInt {
        case open = 0
        case seal = 1
    }

    private let context: OpaquePointer

    init() throws(CryptographyError) {
        guard let context = EVP_CIPHER_CTX_new() else { throw OpenSSL.failure("EVP_CIPHER_CTX_new") }
        self.context = context
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
    }

    func start(_ direction: Direction, key: KeyMaterial, nonce: ArraySlice<UInt8>) throws(CryptographyError) {
        precondition(nonce.count == SealingKey.nonceByteCount, "a nonce has 96 bits")
        let started = key.withBytes { key in
            nonce.withContiguousBytes { nonce in
                EVP_CipherInit_ex2(
                    context, OpenSSL.aes256GCM, key.baseAddress, nonce.baseAddress, direction.rawValue, nil)
            }
        }
        try OpenSSL.check(started, "EVP_CipherInit_ex2")
    }

    /// Takes data that is authenticated but not part of the content.
    func authenticate(_ data: some Collection<UInt8>) throws(CryptographyError) {
        let taken = data.withContiguousBytes { data in
            var written: CInt = 0
            return data.isEmpty ? 1 : EVP_CipherUpdate(context, nil, &written, data.baseAddress, CInt(data.count))
        }
        try OpenSSL.check(taken, "EVP_CipherUpdate")
    }

    /// Turns plaintext into ciphertext of the same length, or back. What comes back may be trusted after `verify`.
    func transform(_ content: some Collection<UInt8>) throws(CryptographyError) -> [UInt8] {
        guard !content.isEmpty else { return [] }
        var result = [UInt8](repeating: 0, count: content.count)
        let done = content.withContiguousBytes { content in
            var written: CInt = 0
            return EVP_CipherUpdate(context, &result, &written, content.baseAddress, CInt(content.count))
        }
        try OpenSSL.check(done, "EVP_CipherUpdate")
        return result
    }

    /// Ends a sealing.
    func tag() throws(CryptographyError) -> [UInt8] {
        try OpenSSL.check(finish(), "EVP_CipherFinal_ex")
        var tag = [UInt8](repeating: 0, count: SealingKey.tagByteCount)
        try OpenSSL.check(
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CInt(tag.count), &tag), "EVP_CIPHER_CTX_ctrl")
        return tag
    }

    /// Ends an opening: the content is what was sealed, or the call throws.
    func verify(tag: some Collection<UInt8>) throws(CryptographyError) {
        var tag = Array(tag)
        try OpenSSL.check(
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(tag.count), &tag), "EVP_CIPHER_CTX_ctrl")
        guard finish() == 1 else {
            ERR_clear_error()
            throw .notAuthentic
        }
    }

    private func finish() -> CInt {
        var unused = [UInt8](repeating: 0, count: SealingKey.tagByteCount)
        var written: CInt = 0
        return EVP_CipherFinal_ex(context, &unused, &written)
    }
}
