import Testing

/// The house's rules, held against every file of the package. A new rule goes here first.
@Suite struct ArchitectureTests {
    private let tree = SourceTree.package

    @Test func `modules import what the table allows`() {
        expectNone(ImportRules.violations(in: tree))
    }

    @Test func `Package.swift declares what the table allows`() throws {
        let package = try #require(tree.files.first { $0.path == "Package.swift" })
        #expect(ImportRules.declared(inPackage: package.text) == ModuleTable.libraries)
    }

    @Test(arguments: TokenRule.all)
    func `what may not be written is not`(rule: TokenRule) {
        expectNone(rule.violations(in: tree))
    }

    @Test func `files and functions are short`() {
        expectNone(ShapeRules.lengths(in: tree))
    }

    @Test func `files and folders are named by a concept`() {
        expectNone(ShapeRules.names(in: tree))
    }

    @Test func `every stream's folder holds the same files`() {
        expectNone(ShapeRules.streamFolders(in: tree))
    }

    @Test func `initialisers start no task`() {
        expectNone(ShapeRules.tasksInInitialisers(in: tree))
    }

    @Test func `SQL stays where it belongs`() {
        expectNone(LiteralRules.sql(in: tree))
    }

    @Test func `no file names a path of one machine`() {
        expectNone(LiteralRules.machinePaths(in: tree))
    }

    @Test func `the whole package was read`() {
        #expect(Set(tree.sources.map(\.module)).isSuperset(of: ModuleTable.libraries.keys))
        #expect(tree.files.contains { $0.path == "tools/test" })
    }
}
