import Testing

@testable import Cryptography

@Suite("HMAC-SHA256")
struct HMACSHA256Tests {
    /// RFC 4231, cases 1, 2 and 6.
    static let vectors: [(key: [UInt8], message: String, code: String)] = [
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ]

    @Test("gives the codes of RFC 4231", arguments: vectors)
    func knownAnswers(key: [UInt8], message: String, code: String) throws {
        #expect(Hexadecimal.encode(HMACSHA256.code(for: message.utf8, key: key)) == code)
        #expect(HMACSHA256.isValid(try Hexadecimal.decode(code), for: message.utf8, key: key))
    }

    @Test("an empty key is a key of its own, not the key of the call before")
    func emptyKey() {
        _ = HMACSHA256.code(for: "x".utf8, key: "another key".utf8)
        #expect(
            Hexadecimal.encode(HMACSHA256.code(for: [], key: []))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test("refuses a code with one bit changed, a shorter code, and one for another message")
    func refusals() {
        let key = Array("key".utf8)
        var code = HMACSHA256.code(for: "message".utf8, key: key)
        #expect(!HMACSHA256.isValid(code, for: "massage".utf8, key: key))
        #expect(!HMACSHA256.isValid(code.dropLast(), for: "message".utf8, key: key))
        code[31] ^= 1
        #expect(!HMACSHA256.isValid(code, for: "message".utf8, key: key))
    }
}
