/// What a job runs: one version of it, which a run is pinned to.
package struct JobDefinition: Hashable, Sendable, Codable {
    /// Where it runs.
    package let connection: ConnectionID
    /// The statement, in which `{{job.parameters.NAME}}` stands for a parameter and `{{job.run_id}}` for the run.
    package let sql: String
    package let parameters: [JobParameter]
    /// How long a run may take from its request to its end, in seconds.
    package let timeoutSeconds: Int
    /// How often a run is tried, the first time included.
    package let maximumAttempts: Int
    package let resultLimits: ResultLimits

    /// The longest statement, in UTF-8 bytes.
    package static let maximumStatement = 100_000
    package static let maximumParameters = 50
    package static let timeoutRange = 1...604_800
    package static let attemptsRange = 1...20

    package init(
        connection: ConnectionID, sql: String, parameters: [JobParameter] = [], timeoutSeconds: Int = 3_600,
        maximumAttempts: Int = 1, resultLimits: ResultLimits = .standard
    ) {
        self.connection = connection
        self.sql = sql
        self.parameters = parameters
        self.timeoutSeconds = timeoutSeconds
        self.maximumAttempts = maximumAttempts
        self.resultLimits = resultLimits
    }

    enum CodingKeys: String, CodingKey {
        case connection = "connection_id"
        case sql, parameters
        case timeoutSeconds = "timeout_seconds"
        case maximumAttempts = "max_attempts"
        case resultLimits = "result_limits"
    }
}

/// How much of a run's result is kept.
package struct ResultLimits: Hashable, Sendable, Codable {
    package let rows: Int
    /// The sum of the rows' JSON texts, in UTF-8 bytes.
    package let bytes: Int

    package static let standard = ResultLimits(rows: 1_000, bytes: 4 << 20)
    package static let rowsRange = 1...100_000
    package static let bytesRange = 1_024...(64 << 20)

    package init(rows: Int, bytes: Int) {
        self.rows = rows
        self.bytes = bytes
    }
}

extension JobDefinition {
    /// - Throws: Which part is wrong and how to mend it.
    func check() throws(DomainRejection) {
        try DomainRejection.require(
            sql.utf8.count <= Self.maximumStatement && sql.contains { !$0.isWhitespace }, code: "sql-invalid",
            field: "/sql", "sql must hold a statement of at most \(Self.maximumStatement) bytes")
        try DomainRejection.require(
            !sql.contains("\0"), code: "sql-invalid", field: "/sql", "sql must not contain NUL characters")
        try DomainRejection.require(
            Self.timeoutRange.contains(timeoutSeconds), code: "timeout-invalid", field: "/timeout_seconds",
            "timeout_seconds must be \(Self.timeoutRange.lowerBound) to \(Self.timeoutRange.upperBound)")
        try DomainRejection.require(
            Self.attemptsRange.contains(maximumAttempts), code: "attempts-invalid", field: "/max_attempts",
            "max_attempts must be \(Self.attemptsRange.lowerBound) to \(Self.attemptsRange.upperBound)")
        try DomainRejection.require(
            ResultLimits.rowsRange.contains(resultLimits.rows), code: "result-limits-invalid",
            field: "/result_limits/rows",
            "rows must be \(ResultLimits.rowsRange.lowerBound) to \(ResultLimits.rowsRange.upperBound)")
        try DomainRejection.require(
            ResultLimits.bytesRange.contains(resultLimits.bytes), code: "result-limits-invalid",
            field: "/result_limits/bytes",
            "bytes must be \(ResultLimits.bytesRange.lowerBound) to \(ResultLimits.bytesRange.upperBound)")
        try JobParameter.check(parameters)
        try StatementTemplate.check(sql, parameters)
    }
}
