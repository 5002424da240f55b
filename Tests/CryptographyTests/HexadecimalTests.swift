import Cryptography
import Testing

@Suite("Hexadecimal")
struct HexadecimalTests {
    @Test("every byte survives the way to text and back")
    func roundTrip() throws {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hexadecimal.encode(bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
        #expect(try Hexadecimal.decode(text) == bytes)
        #expect(try Hexadecimal.decode(text.uppercased()) == bytes)
    }

    @Test("refuses an odd number of digits, and whatever is no digit", arguments: ["0", "0g", "+1", " 0", "0x00", "é"])
    func refusals(text: String) {
        #expect(throws: CryptographyError.notHexadecimal) { try Hexadecimal.decode(text) }
    }
}

@Suite("Constant-time comparison")
struct ConstantTimeTests {
    @Test("finds the same bytes equal and all others not")
    func equality() {
        #expect(ConstantTime.areEqual("token".utf8, Array("token".utf8)))
        #expect(ConstantTime.areEqual([], []))
        #expect(!ConstantTime.areEqual("token".utf8, "tokeN".utf8))
        #expect(!ConstantTime.areEqual("token".utf8, "token2".utf8))
    }
}

@Suite("Random bytes")
struct RandomBytesTests {
    @Test("come in the number asked for and do not repeat")
    func distinct() throws {
        let draws = try (0..<100).map { _ in try RandomBytes.make(16) }
        #expect(draws.allSatisfy { $0.count == 16 })
        #expect(Set(draws).count == 100)
        #expect(try RandomBytes.make(0).isEmpty)
    }
}
