package import Cryptography
package import Domain

/// A compute engine that runs attempts: Trino, Postgres, Spark.
///
/// The rules that every engine keeps (docs/decisions has why):
/// - `submit` is called at most once for an intent that is recorded in the log, and again only after `look` has
///   proved that nothing was started.
/// - The attempt's id travels to the engine as a mark, so that people and `look` can find it there.
/// - No call throws: what is not known is said as such.
/// - Every call is bounded in time, and returns early when its task is cancelled.
package protocol Engine: Sendable {
    /// Which connections it serves.
    var kind: EngineKind { get }

    /// Whether the engine answers, with these settings and this secret.
    func check(_ target: EngineTarget) async -> ConnectionHealth

    /// Hands an attempt to the engine.
    func submit(_ attempt: EngineAttempt, to target: EngineTarget) async -> Submission

    /// Looks at an attempt, and takes the next piece of its result. Waits for news for about a second at most.
    ///
    /// The caller has stored `handle` before, and stores what the answer brings before it looks again: a look that
    /// is repeated with the same handle loses nothing.
    ///
    /// - Parameter handle: The last one that was stored; nil when the attempt was intended and nothing was heard.
    func look(at attempt: EngineAttempt, handle: EngineHandle?, on target: EngineTarget) async -> Look

    /// Asks the engine to stop an attempt. Whether it did is learnt by looking.
    func cancel(_ attempt: EngineAttempt, handle: EngineHandle, on target: EngineTarget) async -> Cancellation
}

/// Where an engine is, and as whom Weir speaks to it.
package struct EngineTarget: Sendable {
    package let connection: ConnectionID
    package let settings: ConnectionSettings
    /// The password, where the connection has one.
    package let password: Secret?

    package init(connection: ConnectionID, settings: ConnectionSettings, password: Secret?) {
        self.connection = connection
        self.settings = settings
        self.password = password
    }
}

/// One try to carry out a run.
package struct EngineAttempt: Sendable {
    package let id: AttemptID
    package let run: RunID
    /// The statement, with its parameters filled in.
    package let statement: String
    /// How much of the result is kept.
    package let limits: ResultLimits

    package init(id: AttemptID, run: RunID, statement: String, limits: ResultLimits) {
        self.id = id
        self.run = run
        self.statement = statement
        self.limits = limits
    }
}

/// What leads back to an attempt at its engine.
package struct EngineHandle: Sendable {
    /// The engine's own name for it, shown to people: Trino's query id, Postgres's transaction id.
    package let externalID: String
    /// Where a person can look at it in the engine's own UI.
    package let link: String?
    /// What the engine's driver needs to go on. May hold a capability (Trino's nextUri): it is sealed before it is
    /// stored, and shown to nobody.
    package let state: Secret

    package init(externalID: String, link: String?, state: Secret) {
        self.externalID = externalID
        self.link = link
        self.state = state
    }
}

/// What became of handing an attempt over.
package enum Submission: Sendable {
    /// The engine has it. It runs, or will once `look` asks for it; only with this handle stored may that happen.
    case accepted(EngineHandle)
    /// The engine did not take it: nothing was started, and nothing will be.
    case rejected(RunFailure)
    /// It may have been started; only a look can tell.
    case outcomeUnknown(String)
}

/// What is seen of an attempt at its engine.
package enum Look: Sendable {
    /// Not at its end. `rows` are new since the last handle.
    case running(EngineProgress, rows: ResultPage?, EngineHandle)
    case ended(EngineEnding)
    /// It was never started, or was undone completely: a new submit is permitted. The text says what proves it.
    case neverStarted(proof: String)
    /// The engine cannot be asked at the moment; look again.
    case unreachable(String)
    /// It can no longer be found out; a person has to look.
    case cannotTell(String)
}

/// How an attempt ended.
package enum EngineEnding: Sendable {
    /// `rows` are the last ones since the handle; `updateCount` is set for statements that change rows.
    case succeeded(rows: ResultPage?, updateCount: Int64?)
    case failed(RunFailure)
    /// The engine confirms that it was stopped from outside or by us.
    case cancelled(String)
}

/// What became of a request to stop.
package enum Cancellation: Sendable {
    /// The engine took the request; look for the end.
    case requested
    /// It could not be handed over; try again.
    case unreachable(String)
}

/// How far an attempt is. Coarse: for people, not for logic.
package struct EngineProgress: Hashable, Sendable {
    /// The engine's own word: `QUEUED`, `RUNNING`.
    package let state: String
    /// 0 to 100, where the engine tells.
    package let percent: Double?
    package let rowsProcessed: Int64?
    package let bytesProcessed: Int64?

    package init(state: String, percent: Double? = nil, rowsProcessed: Int64? = nil, bytesProcessed: Int64? = nil) {
        self.state = state
        self.percent = percent
        self.rowsProcessed = rowsProcessed
        self.bytesProcessed = bytesProcessed
    }
}

/// A piece of a result: rows in the engine's order.
package struct ResultPage: Hashable, Sendable {
    package let columns: [ResultColumn]
    /// Each row is the text of a JSON array with one value for each column.
    package let rows: [String]
    /// Whether the engine's driver left out rows that come after these, because the limits are reached.
    package let isTruncated: Bool

    package init(columns: [ResultColumn], rows: [String], isTruncated: Bool = false) {
        self.columns = columns
        self.rows = rows
        self.isTruncated = isTruncated
    }
}

/// A connection's condition at one moment.
package struct ConnectionHealth: Hashable, Sendable {
    package let isHealthy: Bool
    package let latency: Duration
    /// The engine's version, where it answered.
    package let version: String?
    /// What is wrong and what to do; nil when healthy.
    package let reason: String?

    package init(isHealthy: Bool, latency: Duration, version: String?, reason: String?) {
        self.isHealthy = isHealthy
        self.latency = latency
        self.version = version
        self.reason = reason
    }
}
