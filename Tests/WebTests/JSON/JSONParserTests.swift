import Testing
import Web

@Suite struct JSONParserTests {
    @Test func `a value is read as it was written`() throws {
        let text = #" {"a" : [1, -2.50e+3, true, null, "x\n\u00e9\ud83d\ude00\/"], "b": {}, "c": []} "#
        let node = try JSONParser.parse(Array(text.utf8))
        #expect(node.text == #"{"a":[1,-2.50e+3,true,null,"x\né😀/"],"b":{},"c":[]}"#)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "tru", "nul",
        "01", "+1", "1.", ".5", "1e", "-", "NaN", "Infinity", "1 2", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
        "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\u0000\"", "\"a\nb\"", "{\"a\":1,\"a\":2}", "\u{FEFF}{}", "/**/{}",
        "[1]x", "{\"a\":1}}",
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test func `a string that is not UTF-8 is refused`() {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0x5C, 0x6E, 0xFF, 0x22]) }
    }

    @Test func `the same field twice is refused in large objects too`() {
        let fields = (0..<40).map { "\"f\($0)\":1" }
        #expect(throws: Never.self) { try JSONParser.parse(Array("{\(fields.joined(separator: ","))}".utf8)) }
        let twice = fields + ["\"f3\":1"]
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array("{\(twice.joined(separator: ","))}".utf8)) }
    }

    @Test func `values are nested sixteen deep and no deeper`() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(throws: Never.self) { try JSONParser.parse(nested(16)) }
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(nested(17)) }
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(nested(100_000)) }
    }
}
