/// What a job runs. What is absent in a request has the value that is named here.
package struct JobSpecification: Codable, Hashable, Sendable {
    package let connectionID: String
    /// `{{job.parameters.NAME}}` stands for a parameter, `{{job.run_id}}` for the run.
    package let sql: String
    /// None.
    package let parameters: [ParameterSpecification]?
    /// 3,600.
    package let timeoutSeconds: Int?
    /// 1: a run is tried once.
    package let maximumAttempts: Int?
    /// 1,000 rows and 4 MiB.
    package let resultLimits: ResultLimitsSpecification?

    package init(
        connectionID: String, sql: String, parameters: [ParameterSpecification]? = nil, timeoutSeconds: Int? = nil,
        maximumAttempts: Int? = nil, resultLimits: ResultLimitsSpecification? = nil
    ) {
        self.connectionID = connectionID
        self.sql = sql
        self.parameters = parameters
        self.timeoutSeconds = timeoutSeconds
        self.maximumAttempts = maximumAttempts
        self.resultLimits = resultLimits
    }

    enum CodingKeys: String, CodingKey {
        case connectionID = "connection_id"
        case sql, parameters
        case timeoutSeconds = "timeout_seconds"
        case maximumAttempts = "max_attempts"
        case resultLimits = "result_limits"
    }
}

/// A value that a run can be given.
package struct ParameterSpecification: Codable, Hashable, Sendable {
    package let name: String
    /// `text`, `integer`, `decimal`, `boolean`, `date` or `timestamp`.
    package let type: String
    /// Absent: a run has to give a value.
    package let `default`: String?

    package init(name: String, type: String, default: String? = nil) {
        self.name = name
        self.type = type
        self.default = `default`
    }
}

/// How much of a run's result is kept.
package struct ResultLimitsSpecification: Codable, Hashable, Sendable {
    package let rows: Int?
    package let bytes: Int?

    package init(rows: Int? = nil, bytes: Int? = nil) {
        self.rows = rows
        self.bytes = bytes
    }
}
