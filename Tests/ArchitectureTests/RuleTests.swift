import Testing

/// Each rule finds what it is there for, and lets the rest be.
@Suite struct RuleTests {
    private func tree(_ path: String, _ text: String) -> SourceTree { SourceTree([SourceFile(path: path, text: text)]) }

    @Test(arguments: [
        ("Domain", "import Postgres", false), ("Domain", "import EventSourcing", true),
        ("Domain", "@preconcurrency package import Foundation", false), ("Web", "import CMicroHTTPD", false),
        ("HTTPServer", "import CMicroHTTPD", true), ("Engines", "import struct Persistence.Row", false),
        ("CLI", "import Foundation", true), ("CLI", "import TestSupport", false), ("Parlour", "import Domain", false),
        ("Web", "// import Postgres", true),
    ])
    func `imports outside the table are found`(module: String, text: String, isAllowed: Bool) {
        #expect(ImportRules.violations(in: tree("Sources/\(module)/A.swift", text)).isEmpty == isAllowed)
    }

    @Test func `Package.swift's table is read`() {
        let text = "module(\"A\"), module(\n \"B\", imports: [\"A\",\n \"C\"], plugins: [\"P\"])"
        #expect(ImportRules.declared(inPackage: text) == ["A": [], "B": ["A", "C"]])
    }

    @Test(arguments: [
        ("Sources/Domain/A.swift", "let now = Date()", 1), ("Sources/Domain/A.swift", "// async, Date()", 0),
        ("Sources/Domain/A.swift", "let a = \"print(\\(x, \"async\")) Date()\"", 0),
        ("Sources/Domain/A.swift", "let a = \"at \\(Date())\"", 1),
        ("Sources/Web/A.swift", "func f(_ p: UnsafeRawPointer) { p.withUnsafeBytes {} }", 2),
        ("Sources/Postgres/A.swift", "final class A: @unchecked Sendable {}", 0),
        ("Tests/WebTests/A.swift", "Task.detached { }", 1), ("Sources/CLI/A.swift", "print(1); console.print(2)", 1),
        ("Sources/Web/A.swift", "struct PageHelper {}\nenum Helped {}", 1),
    ])
    func `what may not be written is found in code only`(path: String, text: String, count: Int) {
        let tree = tree(path, text)
        #expect(TokenRule.all.flatMap { $0.violations(in: tree) }.count == count)
    }

    @Test func `long functions and files are found`() {
        let body = String(repeating: "    let a = { 1 }\n", count: 69)
        let long = "struct S {\n    func f(_ g: () -> Void = { }) {\n\(body)    }\n    func g() {}\n}\n"
        let found = ShapeRules.lengths(in: tree("Sources/Web/A.swift", long))
        #expect(found.map(\.line) == [2])
        #expect(ShapeRules.lengths(in: tree("Sources/Web/A.swift", String(repeating: "\n", count: 401))).count == 1)
        #expect(ShapeRules.lengths(in: tree("Sources/Web/A.swift", String(repeating: "\n", count: 400))).isEmpty)
        let port = "protocol P {\n    func f() async\n    func g()\n}\nstruct S {\n\(body)\(body)}\n"
        #expect(ShapeRules.lengths(in: tree("Sources/Web/A.swift", port)).isEmpty)
    }

    @Test(arguments: [
        ("Sources/Web/Helpers/A.swift", 1), ("Sources/Web/StringUtils.swift", 1),
        ("Sources/Web/Run+Extensions.swift", 1),
        ("Sources/Web/Typeset.swift", 0), ("Sources/Web/Commonwealth/A.swift", 0),
    ])
    func `names without a concept are found`(path: String, count: Int) {
        #expect(ShapeRules.names(in: tree(path, "")).count == count)
    }

    @Test func `a stream without its decider is found`() {
        let roles = ["Command", "Event", "State", "Codec"]
        let files = roles.map { SourceFile(path: "Sources/Domain/Lock/Lock\($0).swift", text: "") }
        let found = ShapeRules.streamFolders(in: SourceTree(files))
        #expect(
            found.map(\.message) == ["the stream's folder lacks LockDecider.swift; every stream has the same files"])
    }

    @Test func `a task in an initialiser is found`() {
        let text = "struct S {\n    init() {\n        Task { }\n    }\n    func run() {\n        Task { }\n    }\n}"
        #expect(ShapeRules.tasksInInitialisers(in: tree("Sources/Web/A.swift", text)).map(\.line) == [3])
    }

    @Test func `SQL is found in literals, also over several lines`() {
        let text = "let a = 1\nlet b = \"\"\"\n    INSERT INTO runs VALUES (1)\n    \"\"\"\n// DELETE FROM runs\n"
        #expect(LiteralRules.sql(in: tree("Sources/Web/A.swift", text)).map(\.line) == [2])
        #expect(LiteralRules.sql(in: tree("Sources/Persistence/A.swift", text)).isEmpty)
        #expect(LiteralRules.sql(in: tree("Sources/Web/A.swift", "let a = \"Select one, from here\"")).isEmpty)
    }

    @Test func `paths of one machine are found in any file`() {
        let home = "/ho" + "me/somebody/weir"
        #expect(LiteralRules.machinePaths(in: tree("docs/a.md", "see\n\(home)")).map(\.line) == [2])
        #expect(LiteralRules.machinePaths(in: tree("docs/a.md", "see docs/wo" + "rk/a and https://x.org/home")).isEmpty)
    }

    @Test func `literals, comments and interpolations are told apart`() {
        let text = SwiftText(
            ##"let a = #"x \#(f("y")) "z" \(n)"# + "" /* /* " */ " */ + """\#n q "" \("deep \(1)")\#n""" // "c"##)
        #expect(text.literals.map(\.text) == ["y", "x  \"z\" \\(n)", "", "deep ", "\\#n q \"\" \\#n"])
        #expect(text.codeLines.joined().filter { !" ".contains($0) } == "leta=f())++1))")
    }
}
