import COpenSSL

/// The 32 bytes that SHA-256 (FIPS 180-4) makes of any bytes. Prints as lower-case hexadecimal.
///
/// A value without a reference: trees of millions of them cost nothing but their bytes.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// The length of every digest.
    package static let byteCount = 32

    private var storage: SIMD32<UInt8>

    /// Exactly `byteCount` bytes.
    package var bytes: [UInt8] { withUnsafeBytes(of: storage) { Array($0) } }

    /// The digest of `content`.
    package init(of content: some Collection<UInt8>) {
        self = content.withContiguousBytes { content in
            SHA256Digest { digest in
                EVP_Digest(content.baseAddress, content.count, digest, nil, OpenSSL.sha256, nil)
            }
        }
    }

    /// A digest that was computed elsewhere; nil where `bytes` are not 32.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        storage = SIMD32(repeating: 0)
        withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes) }
    }

    /// A digest that `write` puts where it is told to; it returns 1 where it has.
    init(_ write: (UnsafeMutablePointer<UInt8>) -> CInt) {
        storage = SIMD32(repeating: 0)
        let done = withUnsafeMutableBytes(of: &storage) { target in
            target.withMemoryRebound(to: UInt8.self) { target in target.baseAddress.map(write) ?? 0 }
        }
        precondition(done == 1, "SHA-256 failed: \(OpenSSL.failure("EVP_Digest"))")
    }

    /// Lends the bytes without copying them.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: storage, body)
    }

    package var description: String { Hexadecimal.encode(bytes) }
}

extension [UInt8] {
    /// Appends the digest's bytes.
    package mutating func append(_ digest: SHA256Digest) {
        digest.withBytes { append(contentsOf: $0) }
    }
}

extension SHA256Digest {
    /// The digest of one byte and two digests: an inner node of a Merkle tree (RFC 6962, section 2.1).
    package init(of byte: UInt8, _ left: SHA256Digest, _ right: SHA256Digest) {
        self = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 + 2 * Self.byteCount) { content in
            content[0] = byte
            let target = UnsafeMutableRawBufferPointer(content)
            left.withBytes { target.baseAddress?.advanced(by: 1).copyMemory(from: $0) }
            right.withBytes { target.baseAddress?.advanced(by: 1 + Self.byteCount).copyMemory(from: $0) }
            return SHA256Digest { EVP_Digest(content.baseAddress, content.count, $0, nil, OpenSSL.sha256, nil) }
        }
    }
}

extension UnsafeMutableRawPointer {
    fileprivate func copyMemory(from source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress else { return }
        copyMemory(from: start, byteCount: source.count)
    }
}

extension SHA256Digest {
    /// The digests that a range of bytes holds as hexadecimal digits in lower case, one after the other; nil where it
    /// holds something else.
    package static func digests(hexadecimal text: [UInt8], _ range: Range<Int>) -> [SHA256Digest]? {
        guard range.count.isMultiple(of: 2 * byteCount) else { return nil }
        var digests: [SHA256Digest] = []
        digests.reserveCapacity(range.count / (2 * byteCount))
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 2 * byteCount) {
            var storage = SIMD32<UInt8>(repeating: 0)
            var isHexadecimal = true
            for index in 0..<byteCount {
                let high = lowercaseValue(of: text[start + 2 * index])
                let low = lowercaseValue(of: text[start + 2 * index + 1])
                isHexadecimal = isHexadecimal && high < 16 && low < 16
                storage[index] = high << 4 | (low & 15)
            }
            guard isHexadecimal else { return nil }
            digests.append(SHA256Digest(storage: storage))
        }
        return digests
    }

    private static func lowercaseValue(of digit: UInt8) -> UInt8 {
        switch digit {
        case 48...57: digit - 48
        case 97...102: digit - 87
        default: 255
        }
    }

    private init(storage: SIMD32<UInt8>) {
        self.storage = storage
    }

    /// The first half: enough to tell contents apart that nobody chose to collide.
    package var first128Bits: UInt128 { withBytes { $0.loadUnaligned(as: UInt128.self) } }
}
