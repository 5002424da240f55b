import Testing

@testable import Web

/// Rows of results, cell by cell.
@Suite struct CSVTextTests {
    @Test(arguments: [
        (#"[1,-2.50,true,null,"",""," a"]"#, #"1,-2.50,true,,"",""," a""#), (#"["a,b","c\"d"]"#, #""a,b","c""d""#),
        (" [ ] ", ""), (#"[[1, "x"],{"a": 2}]"#, #""[1,""x""]","{""a"":2}""#),
        // A quote with a combining mark behind it is another character, and a quote all the same.
        ("[\"a\\\"\u{301},=1\"]", "\"a\"\"\u{301},=1\""),
        // What an engine takes as JSON and the strict reader does not stays one cell each.
        (#"[1,{"a":1,"a":2},"x"]"#, #"1,"{""a"":1,""a"":2}",x"#), (#"["a\u0000,b",2]"#, #""""a\u0000,b""",2"#),
        (
            "[1,\(String(repeating: "[", count: 20))\(String(repeating: "]", count: 20))]",
            "1,\"\(String(repeating: "[", count: 20))\(String(repeating: "]", count: 20))\""
        ), (#"["\ud800",{"]":"}"},3]"#, #""""\ud800""","{""]"":""}""}",3"#),
    ])
    func `each value is one cell`(row: String, line: String) {
        #expect(Array(CSVText.line(row).unicodeScalars) == Array((line + "\r\n").unicodeScalars))
    }

    @Test(arguments: ["", "x", "{}", "[1", "[1]]", #"["a]"#])
    func `what is no array is one cell as it is`(row: String) {
        #expect(ResultCell.cells(of: row) == nil)
        #expect(CSVText.line(row).hasPrefix("\""))
    }
}
