import Domain
import Testing

@Suite struct NameTests {
    @Test(arguments: ["a", "Grid", "daily load", "Über-Netz №7", "電力", "a\u{a0}b", "'; DROP", "🚒"])
    func `what people call things is a name`(name: String) {
        #expect(EntityName.problem(with: name) == nil)
    }

    @Test(arguments: [
        "", " ", " a", "a ", "\ta", "a\n", "a\nb", "a\u{0}b", "a\u{7f}b", "a\u{85}b", "a\u{200b}b", "a\u{202e}b",
        "\u{feff}a", "\u{3000}a", "a\u{2028}",
    ])
    func `what cannot be seen or deceives is no name`(name: String) {
        #expect(EntityName.problem(with: name) != nil)
    }

    @Test func `a name is bounded in scalars`() {
        let most = String(repeating: "é", count: EntityName.maximumLength)
        #expect(EntityName.problem(with: most) == nil)
        #expect(EntityName.problem(with: most + "e")?.contains("\(EntityName.maximumLength)") == true)
    }

    @Test func `an id is written in lower case, however it was given`() throws {
        let text = "0192F6A1-7B2C-7000-8000-0000000000AB"
        #expect(try #require(WorkspaceID(text)).description == text.lowercased())
        #expect(WorkspaceID(text) == WorkspaceID(text.lowercased()))
    }

    @Test(arguments: ["", "1", "0192f6a1-7b2c-7000-8000-0000000000a", "0192f6a17b2c700080000000000000ab", "x\u{0}"])
    func `what is not a UUID is no id`(text: String) {
        #expect(WorkspaceID(text) == nil)
    }

    @Test func `ids are ordered as their texts are`() {
        let ids = (0..<50).map { _ in WorkspaceID.sample(.random(in: 0...255)) }
        #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
    }
}
