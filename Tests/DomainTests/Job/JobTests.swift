import Domain
import EventSourcing
import TestSupport
import Testing

@Suite struct JobTests {
    private let job = Specification<JobDecider>()
    private let created = JobEvent.created(JobCreated(workspace: .sample, name: "load"))

    private func definition(
        _ sql: String = "SELECT 1", parameters: [JobParameter] = [], timeout: Int = 60, attempts: Int = 1,
        limits: ResultLimits = .standard
    ) -> JobDefinition {
        JobDefinition(
            connection: .sample, sql: sql, parameters: parameters, timeoutSeconds: timeout, maximumAttempts: attempts,
            resultLimits: limits)
    }

    private func published(_ version: Int, _ definition: JobDefinition) -> JobEvent {
        .versionPublished(JobVersionPublished(version: version, definition: definition))
    }

    private func create(_ definition: JobDefinition, name: String = "load") -> JobCommand {
        .create(workspace: .sample, name: name, definition: definition)
    }

    @Test func `a job is created with its first version`() {
        job.when(create(.everyKind)).then(created, published(1, .everyKind))
    }

    @Test func `a job that exists is not created again`() {
        job.given(created, published(1, definition())).when(create(.everyKind)).thenNothing()
    }

    @Test func `each definition that differs is a new version, numbered without a gap`() {
        let (first, second) = (definition("SELECT 1"), definition("SELECT 2"))
        job.given(created, published(1, first)).when(.publishVersion(second)).then(published(2, second))
        job.given(created, published(1, first), published(2, second)).when(.publishVersion(first))
            .then(published(3, first))
    }

    @Test func `the same definition again is no version`() {
        job.given(created, published(1, .everyKind)).when(.publishVersion(.everyKind)).thenNothing()
    }

    @Test func `a job that does not exist has no versions`() {
        job.when(.publishVersion(definition())).thenRejects(code: "job-not-found", kind: .notFound)
    }

    @Test func `a name that breaks the rules is refused, with the field`() {
        job.when(create(definition(), name: "a\n")).thenRejects(code: "name-invalid", field: "/name")
    }

    @Test(arguments: ["", "   \n\t", "SELECT \0", String(repeating: "é", count: 50_001)])
    func `a statement holds something, no NUL, and is bounded in bytes`(sql: String) {
        job.when(create(definition(sql))).thenRejects(code: "sql-invalid", kind: .invalid, field: "/sql")
        job.given(created, published(1, definition())).when(.publishVersion(definition(sql)))
            .thenRejects(code: "sql-invalid")
    }

    @Test func `a statement as long as it may be is taken`() {
        let longest = definition(String(repeating: "é", count: 50_000))
        job.when(create(longest)).then(created, published(1, longest))
    }

    @Test func `numbers stay in their ranges`() {
        for timeout in [0, -1, 604_801] {
            job.when(create(definition(timeout: timeout)))
                .thenRejects(code: "timeout-invalid", field: "/timeout_seconds")
        }
        for attempts in [0, 21] {
            job.when(create(definition(attempts: attempts)))
                .thenRejects(code: "attempts-invalid", field: "/max_attempts")
        }
        for rows in [0, 100_001] {
            job.when(create(definition(limits: ResultLimits(rows: rows, bytes: 4_096))))
                .thenRejects(code: "result-limits-invalid", field: "/result_limits/rows")
        }
        for bytes in [1_023, 64 << 20 + 1] {
            job.when(create(definition(limits: ResultLimits(rows: 1, bytes: bytes))))
                .thenRejects(code: "result-limits-invalid", field: "/result_limits/bytes")
        }
    }

    @Test(arguments: ["", "A", "1a", "_a", "a-b", "a b", "a.b", "é", String(repeating: "a", count: 64)])
    func `a parameter's name is a plain word`(name: String) {
        job.when(create(definition(parameters: [JobParameter(name: name, kind: .text)])))
            .thenRejects(code: "parameter-name-invalid", field: "/parameters/0/name")
    }

    @Test func `parameters are bounded, and each is declared once`() {
        let most = (1...50).map { JobParameter(name: "p\($0)", kind: .text) }
        job.when(create(definition(parameters: most))).then(created, published(1, definition(parameters: most)))
        job.when(create(definition(parameters: most + [JobParameter(name: "one_more", kind: .text)])))
            .thenRejects(code: "parameters-too-many", field: "/parameters")
        job.when(create(definition(parameters: [most[0], most[1], most[0]])))
            .thenRejects(code: "parameter-repeated", field: "/parameters/2/name")
    }

    @Test func `a default must be a value of the parameter's kind`() {
        let wrong = JobParameter(name: "n", kind: .integer, defaultValue: "1; DROP TABLE t")
        job.when(create(definition(parameters: [wrong])))
            .thenRejects(code: "parameter-value-invalid", field: "/parameters/0/default")
    }

    @Test func `creation takes the name within its workspace, and a version takes none`() {
        let stream = StreamName(category: "job", id: "1")
        #expect(
            JobDecider.claims(of: created, JobDecider.initial, stream: stream)
                == [.take(Claim(scope: JobDecider.nameScope(.sample), name: "load"), for: stream)])
        let state = JobDecider.fold([created])
        #expect(JobDecider.claims(of: published(1, definition()), state, stream: stream) == [])
    }
}
