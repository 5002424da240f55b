import Terminal
import TestSupport
import Testing

@Suite struct TableTests {
    private var table: Table {
        var table = Table([
            .init("NAME", narrowest: 8), .init("STATE"), .init("RUNS", alignment: .right),
            .init("MESSAGE", narrowest: 10),
        ])
        table.append(["nightly-load", .init("succeeded", style: .green), "1204", ""])
        table.append(["übung", .init("failed", style: .red), "7", "line 3: mismatched input 'FORM'; expecting 'FROM'"])
        table.append(["日本語のジョブ", "queued", "0", "waits for the connection's limit of 4 runs"])
        table.append(["👩‍💻 ad hoc\u{1B}[31m", "running", "31", "a\tb\nc\u{202E}d"])
        return table
    }

    @Test(arguments: [(nil, "table-whole.txt"), (72, "table-72.txt"), (40, "table-40.txt"), (10, "table-10.txt")])
    func `columns line up and give up what the terminal lacks`(width: Int?, golden: String) throws {
        #expect(try differenceFromGolden(table.text(width: width, isStyled: false) + "\n", golden) == nil)
    }

    @Test func `styles colour texts but not the space between them`() throws {
        let styled = table.text(width: 72, isStyled: true) + "\n"
        #expect(try differenceFromGolden(styled, "table-styled.txt") == nil)
    }

    @Test func `colours are for terminals, and not for who wants none`() {
        func console(width: Int?, _ allowsColor: Bool) -> Console {
            Console(width: width, errorWidth: nil, allowsColor: allowsColor, output: { _ in }, errors: { _ in })
        }
        #expect(console(width: 80, true).styled("text", .bold) == "\u{1B}[1mtext\u{1B}[0m")
        #expect(console(width: 80, false).styled("text", .bold) == "text")
        #expect(console(width: nil, true).styled("text", .bold) == "text")
    }

    @Test func `no control character of a text reaches the terminal`() {
        #expect("a\u{1B}]0;x\u{07}b\u{9B}c\u{2066}d\ne".printable == "a�]0;x�b�c�d�e")
    }
}
