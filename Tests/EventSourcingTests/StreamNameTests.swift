import EventSourcing
import Testing

@Suite struct StreamNameTests {
    @Test(arguments: [("run", "0192-a-b"), ("workspace", "1"), ("security", "-"), ("a", "é 漢")])
    func `a name comes back from its text`(category: String, id: String) {
        let name = StreamName(category: category, id: id)
        #expect(name.description == "\(category)-\(id)")
        #expect(StreamName(name.description) == name)
    }

    @Test(arguments: ["", "run", "run-", "-1", "-"])
    func `a text without a category or an id is no name`(text: String) {
        #expect(StreamName(text) == nil)
    }

    @Test func `a text that is longer than the log takes is no name`() {
        let longest = "a-" + String(repeating: "é", count: (StreamName.maximumLength - 2) / 2)
        #expect(StreamName(longest)?.description == longest)
        #expect(StreamName(longest + "x") == nil)
    }
}
