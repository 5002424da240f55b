import API
import APIClient
import Foundation
import HTTPClient
import Postgres
import TestSupport
import Testing

@Suite("Two servers on one database")
struct TwoServersTests {
    @Test("begin one log, let one of two win each name, and answer a repeated request alike")
    func workTogether() async throws {
        try await MigratedDatabase.run { database in
            async let first = WeirProcess.serve(database)
            async let second = WeirProcess.serve(database)
            let servers = try await [first, second]
            let sessions = try servers.map { try RawSession($0.base) }
            let made = try await withThrowingTaskGroup(of: (Int, RawSession.Answer).self) { group in
                for number in 0..<60 {
                    group.addTask {
                        // By twos: the same name without a key, or the same request with one.
                        let fields = number % 4 < 2 ? [:] : ["Idempotency-Key": "key-\(number / 2)"]
                        let request = RawSession.Request.post(
                            "/api/v1/workspaces", #"{"name":"w\#(number / 2)"}"#, fields: fields)
                        return (number, try await sessions[number % 2].send(request))
                    }
                }
                return try await group.reduce(into: [Int: RawSession.Answer]()) { $0[$1.0] = $1.1 }
            }
            for pair in 0..<30 {
                let answers = try [2 * pair, 2 * pair + 1].map { try #require(made[$0]) }
                if pair % 2 == 0 {
                    #expect(answers.map(\.status).sorted() == [201, 409])
                } else {
                    #expect(answers.map(\.status) == [201, 201])
                    #expect(try answers[0].command.id == answers[1].command.id)
                }
            }
            let events = try await EventFeed(servers[0].base).read(query: "after=0") { event in event.seq >= 30 }
            #expect(events.map(\.seq) == Array(1...Int64(events.count)))
            #expect(events.first?.type == "system.store_initialised")
            #expect(events.count { $0.type == "system.store_initialised" } == 1)
            for server in servers { #expect(await server.stop() == 0) }
        }
    }

    @Test("of a log that was restored end, and one that is started then goes on in the new epoch")
    func endWithTheirEpoch() async throws {
        try await MigratedDatabase.run { database in
            let servers = [try await WeirProcess.serve(database), try await WeirProcess.serve(database)]
            let user = try await UserSession(servers[0].base)
            let former = try await user.client.get(Endpoints.getLog, Endpoints.getLog.path())
            let words = ["store", "new-epoch", "--reason", "a drill", "--owner-url", database.ownerURI]
            let renewed = try await WeirProgram.run(words)
            #expect(renewed.status == 0, "\(renewed.errors)")
            #expect(renewed.output.contains("it was \(former.storeEpoch)"))
            for server in servers { #expect(await server.exitStatus() == 1) }

            let next = try await WeirProcess.serve(database)
            let session = try RawSession(next.base)
            let stale = try await session.send(
                .get("/api/v1/events/stream?after=1", fields: [HeaderName.storeEpoch: former.storeEpoch]))
            #expect(stale.status == 409)
            #expect(try stale.problem.code == "store-epoch-changed")
            let known = try await UserSession(next.base).client.get(Endpoints.getLog, Endpoints.getLog.path())
            #expect(known.storeEpoch != former.storeEpoch)
            #expect(renewed.output.contains(known.storeEpoch))
            let told = try await EventFeed(next.base).read(query: "after=0&stream=system-store") {
                $0.type == "system.restored"
            }
            #expect(told.last?.payload["reason"]?.string == "a drill")
            #expect(await next.stop() == 0)
        }
    }

    @Test("whose database lacks what they have seen end, so that a person looks before they are started again")
    func endWithoutTheirHistory() async throws {
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            _ = try await UserSession(server.base)
            let connection = try await PostgresConnection.connect(database.administrator)
            defer { connection.close() }
            // As on a replica that was behind: the same epoch, and an earlier end.
            try await connection.execute(
                script: """
                    ALTER TABLE log_blocks DISABLE TRIGGER USER;
                    DELETE FROM log_blocks WHERE last_seq > 1;
                    """)
            #expect(await server.exitStatus() == 3)
        }
    }
}
