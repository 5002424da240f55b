import Testing

@testable import Cryptography

@Suite("SHA-256")
struct SHA256Tests {
    /// FIPS 180-4 examples.
    static let vectors = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]

    @Test("gives the digests of the standard", arguments: vectors)
    func knownAnswers(content: String, digest: String) {
        #expect(SHA256Digest(of: content.utf8).description == digest)
    }

    @Test("gives the digest of the standard for a million times a")
    func millionTimes() {
        let content = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(
            SHA256Digest(of: content).description
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("gives the same digest for content that comes in pieces", arguments: [1, 7, 63, 64, 65, 1000])
    func pieces(size: Int) {
        let content = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var hasher = SHA256Hasher()
        for start in stride(from: 0, to: content.count, by: size) {
            hasher.update(content[start..<min(start + size, content.count)])
        }
        #expect(hasher.finalize() == SHA256Digest(of: content))
    }

    @Test("gives the same digest for content that does not lie in one piece of memory")
    func scattered() {
        let halves = [Array("hello ".utf8), Array("world".utf8)].joined()
        #expect(SHA256Digest(of: Array(halves)) == SHA256Digest(of: "hello world".utf8))
        #expect(SHA256Digest(of: (0..<200).lazy.map { UInt8($0) }) == SHA256Digest(of: Array(0..<200)))
    }

    @Test("accepts a digest from elsewhere only at its full length")
    func restoredLength() {
        #expect(SHA256Digest(bytes: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(SHA256Digest(bytes: [UInt8](repeating: 1, count: 32))?.bytes.count == 32)
    }
}

@Suite struct SHA256PieceTests {
    @Test func `one hasher makes one digest after the other`() {
        var hasher = SHA256Hasher()
        hasher.update([9, 1, 2, 3, 9], 1..<4)
        #expect(hasher.digest() == SHA256Digest(of: [1, 2, 3]))
        hasher.update(byte: 1)
        hasher.update(SHA256Digest(of: [1]))
        hasher.update(SHA256Digest(of: [2]))
        #expect(hasher.digest() == SHA256Digest(of: 1, SHA256Digest(of: [1]), SHA256Digest(of: [2])))
        #expect(hasher.digest() == SHA256Digest(of: []))
    }

    @Test func `digests in hexadecimal are read from a range, in lower case only`() {
        let digests = (0..<3).map { SHA256Digest(of: [$0]) }
        let text = Array("x\(digests[0])\(digests[1])\(digests[2])".utf8)
        #expect(SHA256Digest.digests(hexadecimal: text, 1..<193) == digests)
        #expect(SHA256Digest.digests(hexadecimal: text, 0..<64) == nil)
        #expect(SHA256Digest.digests(hexadecimal: text, 1..<64) == nil)
        #expect(SHA256Digest.digests(hexadecimal: Array("\(digests[0])".uppercased().utf8), 0..<64) == nil)
    }
}
