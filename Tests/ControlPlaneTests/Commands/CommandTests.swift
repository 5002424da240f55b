import Cryptography
import Domain
import EventSourcing
import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// What clients can do: what it leads to, and what is refused.
@Suite struct CommandTests {
    private let estate = Estate()

    private func expectRejection(
        _ code: String, field: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
        _ work: () async throws -> Void
    ) async {
        do {
            try await work()
            Issue.record("it was not refused", sourceLocation: sourceLocation)
        } catch let rejection as DomainRejection {
            #expect(rejection.code == code, sourceLocation: sourceLocation)
            #expect(rejection.field == field, sourceLocation: sourceLocation)
        } catch {
            Issue.record("it was refused otherwise: \(error)", sourceLocation: sourceLocation)
        }
    }

    @Test func `a name that is taken is refused with its holder, in any case of its letters`() async throws {
        let holder = try await estate.makeWorkspace("finance")
        await #expect(
            throws: TransactionFailure.nameTaken(
                Claim(scope: WorkspaceDecider.nameScope, name: "FINANCE"),
                by: StreamName(category: "workspace", id: holder.description))
        ) { _ = try await estate.makeWorkspace("FINANCE") }
        #expect(try await estate.recorded() == ["workspace.created"])
    }

    @Test func `names of connections and jobs are unique in their workspace alone`() async throws {
        let (one, other) = (try await estate.makeWorkspace("one"), try await estate.makeWorkspace("other"))
        _ = try await estate.makeConnection(in: one)
        _ = try await estate.makeConnection(in: other)
        await #expect(throws: TransactionFailure.self) { _ = try await estate.makeConnection(in: one, "Lake") }
    }

    @Test func `a repetition under the same key names what was made then, and makes nothing`() async throws {
        let first = try await estate.workspaces.create(name: "a", description: "", context: estate.context("k"))
        let again = try await estate.workspaces.create(name: "a", description: "", context: estate.context("k"))
        #expect(!first.isReplay && again.isReplay)
        #expect(again.id == first.id && again.seq == first.seq)
        #expect(try await estate.recorded() == ["workspace.created"])
    }

    @Test func `another request under the same key is refused`() async throws {
        _ = try await estate.workspaces.create(name: "a", description: "", context: estate.context("k"))
        await #expect(throws: TransactionFailure.keyReused(firstSeq: 1)) {
            _ = try await estate.workspaces.create(
                name: "b", description: "", context: estate.context("k", of: "another"))
        }
    }

    @Test func `a change that was made before records nothing, and a change of nothing has no seq`() async throws {
        let workspace = try await estate.makeWorkspace()
        let changed = try await estate.workspaces.describe(workspace, description: "money", context: estate.context())
        #expect(changed.seq == 2 && changed.version == 2)
        let again = try await estate.workspaces.describe(workspace, description: "money", context: estate.context())
        #expect(again.seq == nil && again.version == 2)
        #expect(try await estate.recorded() == ["workspace.created", "workspace.described"])
    }

    @Test func `a change that is repeated under its key answers as the first one did`() async throws {
        let workspace = try await estate.makeWorkspace()
        let first = try await estate.workspaces.describe(
            workspace, description: "money", context: estate.context("k"))
        _ = try await estate.workspaces.describe(workspace, description: "else", context: estate.context())
        let again = try await estate.workspaces.describe(
            workspace, description: "money", context: estate.context("k"))
        #expect(again.isReplay && again.seq == first.seq)
        #expect(try await estate.recorded().count == 3)
    }

    @Test func `what a command refers to must be there, and in the same workspace`() async throws {
        let (one, other) = (try await estate.makeWorkspace("one"), try await estate.makeWorkspace("other"))
        let elsewhere = try await estate.makeConnection(in: other)
        await expectRejection("workspace-not-found") {
            _ = try await estate.makeConnection(in: WorkspaceID(UUID()))
        }
        await expectRejection("connection-elsewhere", field: "/connection_id") {
            let definition = JobDefinition(connection: elsewhere, sql: "SELECT 1")
            _ = try await estate.jobs.create(in: one, name: "j", definition: definition, context: estate.context())
        }
        await expectRejection("connection-not-found", field: "/connection_id") {
            let definition = JobDefinition(connection: ConnectionID(UUID()), sql: "SELECT 1")
            _ = try await estate.jobs.create(in: one, name: "j", definition: definition, context: estate.context())
        }
        await expectRejection("job-not-found") {
            _ = try await estate.runs.request(JobID(UUID()), arguments: [:], context: estate.context())
        }
        await expectRejection("run-not-found") {
            _ = try await estate.runs.cancel(RunID(UUID()), reason: "", context: estate.context())
        }
    }

    @Test func `a run is pinned to the version, the values and the time of its request`() async throws {
        let job = try await estate.makeJob()
        let receipt = try await estate.runs.request(job, arguments: ["day": "2026-01-31"], context: estate.context())
        let envelope = try #require(try await estate.store.readAll(after: 0, limit: 1_000).last)
        guard case .requested(let request) = try RunCodec.decode(envelope.event) else {
            Issue.record("\(envelope)")
            return
        }
        #expect(receipt.seq == envelope.seq)
        #expect(request.statement == "SELECT DATE '2026-01-31'")
        #expect(request.jobVersion == 1)
        #expect(request.deadline == estate.clock.now + 60)
    }

    @Test func `a run of bad values is refused, and nothing is recorded`() async throws {
        let job = try await estate.makeJob()
        let before = try await estate.recorded()
        for arguments in [[:], ["day": "tomorrow"], ["day": "2026-01-31", "hour": "1"]] {
            await #expect(throws: DomainRejection.self) {
                _ = try await estate.runs.request(job, arguments: arguments, context: estate.context())
            }
        }
        #expect(try await estate.recorded() == before)
    }

    @Test func `a connection that is refused keeps no password`() async throws {
        let workspace = try await estate.makeWorkspace()
        await #expect(throws: DomainRejection.self) {
            _ = try await estate.connections.create(
                in: workspace, name: "", settings: Estate.settings, password: Secret("hunter2"),
                context: estate.context())
        }
        #expect(estate.secrets.count == 0)
    }

    @Test func `the directory of engines leads from a connection to its engine, with the password`() async throws {
        let workspace = try await estate.makeWorkspace()
        let connection = try await estate.connections.create(
            in: workspace, name: "lake", settings: Estate.settings, password: Secret("hunter2"),
            context: estate.context())
        let target = try await estate.engines.target(connection.id)
        #expect(target.settings == Estate.settings)
        #expect(target.password?.reveal() == "hunter2")
        #expect(estate.engines.engine(for: target.settings.kind).kind == .postgres)
        let plain = try await estate.makeConnection(in: workspace, "plain")
        #expect(try await estate.engines.target(plain).password == nil)
        await expectRejection("connection-not-found") { _ = try await estate.engines.target(ConnectionID(UUID())) }
    }

    @Test func `a check is recorded with what was found, each time`() async throws {
        let connection = try await estate.makeConnection(in: try await estate.makeWorkspace())
        for _ in 0..<2 {
            let (receipt, found) = try await estate.connections.check(connection, context: estate.context())
            #expect(found.isHealthy && found.version == "1" && found.latencyMilliseconds == 12)
            #expect(receipt.seq != nil)
        }
        #expect(try await estate.recorded().suffix(2) == ["connection.checked", "connection.checked"])
    }

    @Test func `refusals are noted in the stream of their day`() async throws {
        let log = RefusalLog(transactor: estate.transactor, environment: estate.environment)
        let refusal = CommandRefused(command: "POST /api/v1/workspaces", code: "name-invalid", message: "name is empty")
        try await log.note(refusal, metadata: EventMetadata(actor: "user:ada", requestID: "r1"))
        estate.clock.advance(by: .seconds(86_400))
        try await log.note(refusal, metadata: EventMetadata(actor: "user:ada"))
        let events = try await estate.store.readAll(after: 0, limit: 10)
        #expect(events.map(\.stream.description) == ["security-2027-01-15", "security-2027-01-16"])
        #expect(events.first?.metadata.requestID == "r1")
        #expect(
            try events.map { try SecurityCodec.decode($0.event) } == [
                .commandRefused(refusal), .commandRefused(refusal),
            ])
    }
}
