import Domain
import TestSupport
import Testing

/// A value becomes exactly one literal, whatever is in it.
@Suite struct LiteralTests {
    private func literal(_ kind: JobParameter.Kind, _ value: String) throws -> String {
        try JobParameter(name: "p", kind: kind).literal(of: value, field: "/parameters/p")
    }

    @Test(arguments: [
        (JobParameter.Kind.text, "", "''"), (.text, "it's", "'it''s'"), (.text, "'", "''''"),
        (.text, "'; DROP TABLE t; --", "'''; DROP TABLE t; --'"), (.text, "\\'", "'\\'''"),
        (.text, "{{job.run_id}}", "'{{job.run_id}}'"), (.text, "a\nb -- c /* d", "'a\nb -- c /* d'"),
        (.text, "\u{2019}é", "'\u{2019}é'"), (.text, "'\u{301}", "'''\u{301}'"), (.text, "$$", "'$$'"),
        (.integer, "0", "0"), (.integer, "42", "42"), (.integer, "+5", "5"), (.integer, "007", "7"),
        (.integer, "9223372036854775807", "9223372036854775807"), (.integer, "-1", "(-1)"),
        (.integer, "-9223372036854775808", "(-9223372036854775808)"), (.decimal, "12.50", "DECIMAL '12.50'"),
        (.decimal, "-3", "DECIMAL '-3'"), (.boolean, "true", "true"), (.boolean, "false", "false"),
        (.date, "2026-01-31", "DATE '2026-01-31'"),
        (.timestamp, "2026-01-31 23:59:59", "TIMESTAMP '2026-01-31 23:59:59'"),
        (.timestamp, "2026-01-31 00:00:00.123456", "TIMESTAMP '2026-01-31 00:00:00.123456'"),
    ])
    func `a value is written as a literal of its kind`(kind: JobParameter.Kind, value: String, text: String) throws {
        #expect(try Array(literal(kind, value).utf8) == Array(text.utf8))
    }

    @Test(arguments: [
        (JobParameter.Kind.text, "a\0b"), (.text, String(repeating: "x", count: 10_001)), (.integer, ""),
        (.integer, "1.0"), (.integer, "1 "), (.integer, " 1"), (.integer, "0x10"), (.integer, "1_000"), (.integer, "١"),
        (.integer, "9223372036854775808"), (.integer, "1 OR 1=1"), (.integer, "1--"), (.integer, "1\n"),
        (.decimal, ""), (.decimal, "1."), (.decimal, ".5"), (.decimal, "1e5"), (.decimal, "NaN"), (.decimal, "1'"),
        (.decimal, "1.5' OR '1'='1"), (.decimal, "１"), (.decimal, "1\u{20e3}"), (.decimal, "1\n"),
        (.decimal, String(repeating: "9", count: 39)), (.boolean, "TRUE"), (.boolean, "1"), (.boolean, ""),
        (.boolean, "true OR true"), (.date, "2026-1-31"), (.date, "2026-13-01"), (.date, "2026-00-01"),
        (.date, "2026-01-32"), (.date, "2026-01-31' OR '1'='1"), (.date, "2026-01-31\n"), (.date, "tomorrow"),
        (.timestamp, "2026-01-31"), (.timestamp, "2026-01-31T23:59:59"), (.timestamp, "2026-01-31 24:00:00"),
        (.timestamp, "2026-01-31 23:60:00"), (.timestamp, "2026-01-31 23:59:59.1234567"),
        (.timestamp, "2026-01-31 23:59:59'--"),
    ])
    func `what is not a value of the kind is refused, with the field`(kind: JobParameter.Kind, value: String) {
        let error = #expect(throws: DomainRejection.self) { try literal(kind, value) }
        #expect(error?.code == "parameter-value-invalid")
        #expect(error?.field == "/parameters/p")
        #expect((error?.message.utf8.count ?? 0) < 1_000)
    }

    @Test func `a text, read back by the rules of SQL, is the value`() throws {
        var generator = SeededGenerator(seed: 7)
        let pieces = [
            "'", "''", "\\", "\"", "--", "/*", "*/", ";", "$$", "\n", "é", "e\u{301}", "\u{301}", "🚒", "{{", "}}",
        ]
        for _ in 0..<2_000 {
            let value = (0..<Int.random(in: 0...8, using: &generator))
                .compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            let scalars = Array(try literal(.text, value).unicodeScalars)
            try #require(scalars.count >= 2 && scalars.first == "'" && scalars.last == "'")
            var inner = scalars.dropFirst().dropLast()[...]
            var read = String.UnicodeScalarView()
            while let scalar = inner.popFirst() {
                if scalar == "'" { try #require(inner.popFirst() == "'", "a quote that ends the literal: \(value)") }
                read.append(scalar)
            }
            #expect(Array(String(read).utf8) == Array(value.utf8))
        }
    }
}
