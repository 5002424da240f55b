import COpenSSL

/// Comparison whose duration tells nothing about the content.
package enum ConstantTime {
    /// Whether both hold the same bytes. Only their lengths can be learnt from the time it takes.
    package static func areEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        left.withContiguousBytes { left in
            right.withContiguousBytes { right in
                guard left.count == right.count else { return false }
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return CRYPTO_memcmp(first, second, left.count) == 0
            }
        }
    }
}
