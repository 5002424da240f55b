import Testing

@testable import Cryptography

@Suite("A sealing key")
struct SealingKeyTests {
    struct Vector: Sendable {
        let key, nonce, plaintext, associatedData, ciphertext, tag: String
    }

    /// Test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation" (McGrew and Viega), which NIST validates with.
    static let vectors = [
        Vector(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), plaintext: "",
            associatedData: "", ciphertext: "", tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12),
            plaintext: String(repeating: "00", count: 16), associatedData: "",
            ciphertext: "cea7403d4d606b6e074ec5d3baf39d18", tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: String(repeating: "feffe9928665731c6d6a8f9467308308", count: 2), nonce: "cafebabefacedbaddecaf888",
            plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            associatedData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            ciphertext: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test("seals and opens as the published vectors say", arguments: vectors)
    func knownAnswers(vector: Vector) throws {
        let key = try SealingKey(bytes: Hexadecimal.decode(vector.key))
        let plaintext = try Hexadecimal.decode(vector.plaintext)
        let associatedData = try Hexadecimal.decode(vector.associatedData)
        let sealed = try key.seal(
            plaintext, associatedData: associatedData, nonce: try Hexadecimal.decode(vector.nonce))
        #expect(Hexadecimal.encode(sealed) == vector.nonce + vector.ciphertext + vector.tag)
        #expect(try key.open(sealed, associatedData: associatedData) == plaintext)
    }

    @Test("opens what it sealed, of any length", arguments: [0, 1, 15, 16, 17, 100_000])
    func roundTrip(count: Int) throws {
        let key = try SealingKey.random()
        let plaintext = try RandomBytes.make(count)
        let sealed = try key.seal(plaintext, associatedData: "here".utf8)
        #expect(sealed.count == count + SealingKey.overhead)
        #expect(try key.open(sealed, associatedData: "here".utf8) == plaintext)
    }

    @Test("opens nothing in which any single byte was changed, or that was cut")
    func tampering() throws {
        let key = try SealingKey.random()
        let sealed = try key.seal("pässword".utf8, associatedData: "connection-1".utf8)
        for position in sealed.indices {
            var changed = sealed
            changed[position] ^= 0x80
            #expect(throws: CryptographyError.notAuthentic) {
                try key.open(changed, associatedData: "connection-1".utf8)
            }
        }
        for length in 0..<sealed.count {
            #expect(throws: CryptographyError.notAuthentic) {
                try key.open(sealed.prefix(length), associatedData: "connection-1".utf8)
            }
        }
    }

    @Test("opens nothing under another key or for another associated data")
    func binding() throws {
        let key = try SealingKey.random()
        let sealed = try key.seal("value".utf8, associatedData: "connection-1".utf8)
        #expect(throws: CryptographyError.notAuthentic) {
            try key.open(sealed, associatedData: "connection-2".utf8)
        }
        #expect(throws: CryptographyError.notAuthentic) {
            try SealingKey.random().open(sealed, associatedData: "connection-1".utf8)
        }
    }

    @Test("never seals twice under the same nonce")
    func freshNonces() throws {
        let key = try SealingKey.random()
        let nonces = try (0..<1000).map { _ in
            try key.seal("same".utf8, associatedData: []).prefix(SealingKey.nonceByteCount)
        }
        #expect(Set(nonces).count == nonces.count)
    }

    @Test("is read from base64 of exactly 32 bytes, with a line end or without")
    func base64() throws {
        let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        let sealed = try SealingKey(bytes: Array(0..<32)).seal("x".utf8, associatedData: [])
        #expect(try SealingKey(base64: Secret(text + "\n")).open(sealed, associatedData: []) == Array("x".utf8))
        #expect(throws: CryptographyError.notBase64) { try SealingKey(base64: Secret("not base64!")) }
        #expect(throws: CryptographyError.wrongKeyLength(expected: 32, actual: 3)) {
            try SealingKey(base64: Secret("AAEC"))
        }
    }

    @Test("shows itself to nobody")
    func shownAsDots() throws {
        let key = try SealingKey.random()
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "•••")
        #expect(String(reflecting: key) == "•••")
        #expect(!dumped.contains("material"))
    }
}
