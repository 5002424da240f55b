import API
import ControlPlane
import Domain

extension WorkspaceResource {
    init(_ view: WorkspaceView) {
        self.init(
            id: "\(view.id)", name: view.name, description: view.description, createdAt: view.createdAt,
            version: view.version)
    }
}

extension ConnectionResource {
    init(_ view: ConnectionView) {
        self.init(
            id: "\(view.id)", workspaceID: "\(view.workspace)", name: view.name,
            settings: EngineSettings(view.settings), hasSecret: view.hasSecret,
            lastCheck: view.lastCheck.map { ConnectionCheck($0) }, checkedAt: view.checkedAt, createdAt: view.createdAt,
            version: view.version)
    }
}

extension EngineSettings {
    init(_ settings: ConnectionSettings) {
        switch settings {
        case .trino(let trino):
            self = .trino(
                TrinoAddress(url: trino.url, user: trino.user, catalog: trino.catalog, schema: trino.schema))
        case .postgres(let postgres):
            self = .postgres(
                PostgresAddress(
                    host: postgres.host, port: postgres.port, database: postgres.database, user: postgres.user,
                    tlsMode: postgres.tls.rawValue))
        }
    }
}

extension ConnectionCheck {
    init(_ check: ConnectionChecked) {
        self.init(
            healthy: check.isHealthy, latencyMilliseconds: check.latencyMilliseconds, version: check.version,
            reason: check.reason)
    }
}

extension JobResource {
    init(_ view: JobView) {
        self.init(
            id: "\(view.id)", workspaceID: "\(view.workspace)", name: view.name, jobVersion: view.jobVersion,
            definition: JobSpecification(view.definition), createdAt: view.createdAt, version: view.version)
    }
}

extension JobSpecification {
    init(_ definition: JobDefinition) {
        self.init(
            connectionID: "\(definition.connection)", sql: definition.sql,
            parameters: definition.parameters.map {
                ParameterSpecification(name: $0.name, type: $0.kind.rawValue, default: $0.defaultValue)
            }, timeoutSeconds: definition.timeoutSeconds, maximumAttempts: definition.maximumAttempts,
            resultLimits: ResultLimitsSpecification(
                rows: definition.resultLimits.rows, bytes: definition.resultLimits.bytes))
    }
}

extension RunResource {
    init(_ view: RunView) {
        self.init(
            id: "\(view.id)", workspaceID: "\(view.workspace)", workspaceName: view.workspaceName, jobID: "\(view.job)",
            jobName: view.jobName, jobVersion: view.jobVersion, connectionID: "\(view.connection)",
            engine: view.engine.rawValue, statement: view.statement, status: view.status, attempts: view.attempts,
            requestedBy: view.requestedBy, requestedAt: view.requestedAt, deadline: view.deadline,
            version: view.version)
        queueReason = view.queueReason
        attemptID = view.attempt.map { "\($0)" }
        externalID = view.externalID
        link = view.link
        progress = view.progress.map {
            ProgressResource(
                state: $0.state, percent: $0.percent, rowsProcessed: $0.rowsProcessed, bytesProcessed: $0.bytesProcessed
            )
        }
        cancelReason = view.cancelReason
        failure = view.failure.map {
            FailureResource(code: $0.code, fault: $0.fault.rawValue, message: $0.message, retryable: $0.isRetryable)
        }
        unknownReason = view.unknownReason
        result = view.result.map {
            ResultSummary(
                columns: $0.columns.map { ColumnResource(name: $0.name, type: $0.type) }, rowCount: $0.rowCount,
                truncated: $0.isTruncated, digest: $0.digest, updateCount: $0.updateCount)
        }
        startedAt = view.startedAt
        endedAt = view.endedAt
    }
}

extension List {
    init<View>(_ page: Page<View>, _ scope: QueryScope, _ make: (View) -> Item) {
        self.init(items: page.items.map(make), nextCursor: scope.cursor(page.next))
    }
}
