import Domain
import TestSupport
import Testing

@Suite struct StatementTemplateTests {
    private let parameters = [
        JobParameter(name: "a", kind: .text), JobParameter(name: "n", kind: .integer, defaultValue: "-1"),
    ]

    private func definition(_ sql: String) -> JobDefinition {
        JobDefinition(connection: .sample, sql: sql, parameters: parameters)
    }

    private func resolve(_ sql: String, _ arguments: [String: String] = ["a": "x"]) throws -> String {
        try StatementTemplate.resolve(definition(sql), arguments: arguments, run: .sample)
    }

    private func isPublished(_ sql: String, refusedAs code: String?, sourceLocation: SourceLocation = #_sourceLocation)
    {
        let asked = Specification<JobDecider>().when(
            .create(workspace: .sample, name: "j", definition: definition(sql)))
        if let code { return asked.thenRejects(code: code, field: "/sql", sourceLocation: sourceLocation) }
        asked.then(
            .created(JobCreated(workspace: .sample, name: "j")),
            .versionPublished(JobVersionPublished(version: 1, definition: definition(sql))),
            sourceLocation: sourceLocation)
    }

    @Test func `placeholders become literals, and everything else stays as it is`() throws {
        #expect(
            try resolve("SELECT {{job.parameters.a}}, {{ job.parameters.n }}, {{job.run_id}} } { é")
                == "SELECT 'x', (-1), '\(RunID.sample)' } { é")
        #expect(try resolve("SELECT 1") == "SELECT 1")
    }

    @Test func `a value is never read as a template`() throws {
        #expect(try resolve("SELECT {{job.parameters.a}}", ["a": "{{job.run_id}}"]) == "SELECT '{{job.run_id}}'")
        #expect(try resolve("SELECT {{job.parameters.a}}}}", ["a": "{{"]) == "SELECT '{{'}}")
    }

    @Test func `a negative number does not make a comment of what follows`() throws {
        #expect(try resolve("SELECT 5-{{job.parameters.n}}") == "SELECT 5-(-1)")
    }

    @Test func `a value that is missing, or that nobody asked for, is refused by name`() {
        func rejection(_ arguments: [String: String]) -> DomainRejection? {
            #expect(throws: DomainRejection.self) { try resolve("SELECT {{job.parameters.a}}", arguments) }
        }
        #expect(rejection([:])?.code == "parameter-missing")
        #expect(rejection([:])?.field == "/parameters/a")
        #expect(rejection(["a": "x", "b": "y"])?.code == "parameter-unknown")
        #expect(rejection(["a": "x", "b": "y"])?.field == "/parameters/b")
        #expect(rejection(["a": "x", "n": "y"])?.code == "parameter-value-invalid")
        #expect(rejection(["a": "x", "n": "y"])?.field == "/parameters/n")
    }

    @Test(arguments: [
        "{{job.parameters.b}}", "{{a}}", "{{}}", "{{job.parameters.}}", "{{job.parameters.A}}", "{{job.id}}",
        "{{1+1}}", "{{ {{job.parameters.a}} }}", "{{job.parameters.a | upper}}",
    ])
    func `a placeholder that names nothing is refused`(placeholder: String) {
        isPublished("SELECT \(placeholder)", refusedAs: "placeholder-unknown")
    }

    @Test(arguments: ["SELECT {{", "SELECT {{job.parameters.a", "SELECT {{job.parameters.a}", "{{job.run_id}} {{"])
    func `a placeholder that is not closed is refused`(sql: String) {
        isPublished(sql, refusedAs: "placeholder-open")
    }

    @Test(arguments: [
        "SELECT '{{job.parameters.a}}'", "SELECT 'a {{job.parameters.n}} b'", "SELECT 'it''s {{job.parameters.a}}'",
        "SELECT \"{{job.parameters.a}}\"", "SELECT '{{job.run_id}}'", "SELECT E'\\'{{job.parameters.a}}'",
        "SELECT $$ {{job.parameters.a}} $$", "DO $x$ SELECT '$$' {{job.parameters.a}} $x$",
        "SELECT 1 -- {{job.parameters.a}}", "SELECT /* {{job.parameters.a}} */ 1",
        "SELECT /* /* */ {{job.parameters.a}} */ 1", "SELECT '-- ' || '{{job.parameters.a}}'",
        "SELECT 'a', '\n{{job.parameters.a}}",
    ])
    func `a placeholder within quotes or a comment is refused, since its value could leave them`(sql: String) {
        isPublished(sql, refusedAs: "placeholder-quoted")
    }

    @Test(arguments: [
        "SELECT E{{job.parameters.a}}", "SELECT U&{{job.parameters.a}}", "SELECT 1{{job.parameters.n}}",
        "SELECT 'a'{{job.parameters.a}}", "SELECT {{job.parameters.a}}'a'", "SELECT {{job.parameters.a}}{{job.run_id}}",
        "SELECT {{job.parameters.n}}0", "SELECT x_{{job.parameters.n}}", "SELECT $1{{job.parameters.n}}",
    ])
    func `a placeholder that touches a word or a quote is refused, since its literal would run into it`(sql: String) {
        isPublished(sql, refusedAs: "placeholder-joined")
    }

    @Test(arguments: [
        "SELECT '--', {{job.parameters.a}}", "SELECT '/*', {{job.parameters.a}} /* '", "SELECT 'it''s', {{job.run_id}}",
        "SELECT \"a'b\", {{job.parameters.a}}", "SELECT 1 -- it's\n, {{job.parameters.a}}",
        "SELECT /* ' */ {{job.parameters.a}}", "SELECT $$ ' $$, {{job.parameters.a}}",
        "SELECT a$b, {{job.parameters.a}}",
        "-- run {{job.run_id}}\nSELECT ({{job.parameters.n}}+1)", "/* {{job.run_id}} */ SELECT 1",
        "SELECT E'\\\\', {{job.parameters.a}}", "SELECT '\\', {{job.parameters.a}}", "SELECT 1-{{job.parameters.n}}/2",
        "SELECT t.x={{job.parameters.a}}||{{job.parameters.a}}", "{{job.parameters.a}}",
        "SELECT $1, {{job.parameters.a}}",
        "SELECT $x$ $$ $x$, {{job.parameters.a}}", "SELECT a.e, 'x', {{job.parameters.a}}",
    ])
    func `a placeholder in the statement itself is taken`(sql: String) throws {
        isPublished(sql, refusedAs: nil)
    }
}
