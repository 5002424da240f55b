import API
import APIClient
import Foundation
import HTTPClient
import Postgres
import TestSupport
import Testing

@Suite("An auditor")
struct AuditTests {
    private static func onSealedLog(_ work: @Sendable (AuditSession) async throws -> Void) async throws {
        try await MigratedDatabase.run { database in
            let keyFile = database.folder.appending(path: "checkpoint-key").path
            let made = try await WeirProgram.run(["audit", "keygen", keyFile, "--name", "weir.test"])
            #expect(made.status == 0 && made.output.hasPrefix("weir.test+"))
            let mode = try FileManager.default.attributesOfItem(atPath: keyFile)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let server = try await WeirProcess.serve(
                database,
                options: [
                    "--checkpoint-key-file", keyFile, "--checkpoint-interval", "100ms", "--witness",
                    database.folder.appending(path: "witness").path,
                ])
            let user = try await UserSession(server.base)
            let session = AuditSession(
                database: database, server: server.base, client: user.client,
                publicKey: made.output.trimmingCharacters(in: .newlines))
            for number in 0..<20 {
                _ = try await user.client.post(
                    Endpoints.createWorkspace, Endpoints.createWorkspace.path(),
                    CreateWorkspace(name: "é \"\(number)\""))
            }
            try await session.sealed()
            try await work(session)
            await server.stop()
        }
    }

    @Test("exports the log, goes on after a cut, and verifies it without the server")
    func exports() async throws {
        try await Self.onSealedLog { audit in
            let file = audit.path("bundle.jsonl")
            #expect(try await audit.weir("audit", "export", file).status == 0)
            let whole = try Data(contentsOf: URL(filePath: file))
            let verified = try await audit.verify(
                file, "--output", "json", "--seq", "3", "--witness", audit.path("witness"))
            #expect(verified.status == 0 && verified.output.contains(#""valid" : true"#), "\(verified)")
            #expect(try await audit.weir("audit", "export", file).output.contains("complete already"))

            // Cut anywhere, it goes on, and is the same in the end.
            for length in [0, 40, whole.count / 3, whole.count / 2, whole.count - 1] {
                try whole.prefix(length).write(to: URL(filePath: file))
                #expect(try await audit.weir("audit", "export", file).status == 0)
                let again = try Data(contentsOf: URL(filePath: file))
                #expect(try await audit.verify(file).status == 0)
                // What is cut within its first piece is exported anew.
                let rest = String(decoding: whole.prefix(length), as: UTF8.self)
                let isResumed = rest.ranges(of: "{\"sealed\"").count > 1
                #expect((again == whole) == isResumed, "cut at \(length)")
            }
            // The exports themselves are in the log.
            try await audit.sealed()
            let later = audit.path("exports.jsonl")
            #expect(try await audit.weir("audit", "export", later, "--type", "security.audit_exported").status == 0)
            let text = try String(contentsOf: URL(filePath: later), encoding: .utf8)
            #expect(text.split(separator: "\n").filter { $0.hasPrefix("{\"event\"") }.count == 6)
            let narrowed = try await audit.verify(later)
            #expect(narrowed.status == 0 && narrowed.output.contains("only as hashes"))
            let other = try await audit.weir("audit", "export", later)
            #expect(other.status == 64 && other.errors.contains("is another export (type security.audit_exported)"))
        }
    }

    @Test("gets exports, and a page from elsewhere none: it leaves no trace in the log")
    func isNoStranger() async throws {
        try await Self.onSealedLog { audit in
            let session = try RawSession(audit.server)
            let path = Endpoints.exportLog.path()
            let before = try await audit.client.get(Endpoints.getLog, Endpoints.getLog.path()).lastSeq
            for fields in [["Sec-Fetch-Site": "cross-site"], ["Origin": "http://other.example"]] {
                let refused = try await session.send(.get(path, fields: fields))
                #expect(try refused.status == 403 && refused.problem.code == "cross-site")
            }
            // Nor does who asks for the head alone, and gets no evidence.
            let head = try await session.send(RawSession.Request(method: .head, path: path, body: nil, fields: [:]))
            #expect(head.status == 200 && head.fields["Content-Type"] == "application/jsonl")
            #expect(try await audit.client.get(Endpoints.getLog, Endpoints.getLog.path()).lastSeq == before)
            #expect(try await session.send(.get(path, fields: ["Sec-Fetch-Site": "none"])).status == 200)
            #expect(try await audit.client.get(Endpoints.getLog, Endpoints.getLog.path()).lastSeq == before + 1)
        }
    }

    @Test("is told by an exit status what is wrong with a bundle, and where")
    func isTold() async throws {
        try await Self.onSealedLog { audit in
            let file = audit.path("bundle.jsonl")
            let whole = audit.path("whole.jsonl")
            #expect(try await audit.weir("audit", "export", whole).status == 0)
            let connection = try await PostgresConnection.connect(audit.database.administrator)
            defer { connection.close() }
            try await connection.execute(
                script: "SET session_replication_role = replica; DELETE FROM event_log WHERE seq = 7")
            #expect(try await audit.weir("audit", "export", file).status == 0)
            let told = try await audit.verify(file)
            #expect(told.status == 1 && told.errors.contains("NOT VERIFIED: seq 7: the event was sealed"), "\(told)")
            let json = try await audit.verify(file, "--output", "json")
            #expect(
                json.status == 1 && json.output.contains(#""seq" : 7"#) && json.output.contains(#""valid" : false"#))
            // Nor does the server prove what is not there.
            let proof = try await audit.weir("audit", "prove", "7")
            #expect(proof.status == 1 && proof.errors.contains("The log is not what was sealed"))

            let strange = try await WeirProgram.run(["audit", "keygen", audit.path("other")]).output
            let unsigned = try await WeirProgram.run([
                "audit", "verify", whole, "--public-key", strange.trimmingCharacters(in: .newlines),
            ])
            #expect(unsigned.status == 1 && unsigned.errors.contains("none of the given keys has signed it"))
            #expect(try await WeirProgram.run(["audit", "verify", file]).status == 64)
            let malformed = try await WeirProgram.run(["audit", "verify", file, "--public-key", "weir.test+x"])
            #expect(malformed.status == 64 && malformed.errors.contains("NAME+KEYID+BASE64"))
            let overwriting = try await WeirProgram.run(["audit", "keygen", audit.path("other")])
            #expect(overwriting.status == 64 && overwriting.errors.contains("never overwritten"))
        }
    }

    @Test("gets proofs of events and of growth, and checks them without the server")
    func proves() async throws {
        try await Self.onSealedLog { audit in
            let kept = audit.path("kept.checkpoint")
            let note = try await audit.weir("audit", "checkpoint").output
            try note.write(toFile: kept, atomically: true, encoding: .utf8)
            let size = try #require(Int(note.split(separator: "\n")[1]))
            let proof = audit.path("proof.json")
            let text = try await audit.weir("audit", "prove", "5").output
            try text.write(toFile: proof, atomically: true, encoding: .utf8)
            let verified = try await audit.verify(proof)
            #expect(verified.status == 0 && verified.output.contains("seq 5, "), "\(verified)")
            try text.replacing("system:local", with: "user:eve").write(toFile: proof, atomically: true, encoding: .utf8)
            #expect(try await audit.verify(proof).errors.contains("seq 5: the event is not in the tree"))

            _ = try await audit.client.post(
                Endpoints.createWorkspace, Endpoints.createWorkspace.path(), CreateWorkspace(name: "later"))
            try await audit.sealed()
            let growth = audit.path("growth.json")
            let path = try await audit.weir("audit", "consistency", "--from", "\(size)").output
            try path.write(toFile: growth, atomically: true, encoding: .utf8)
            #expect(try await audit.verify(growth, "--witness", kept).status == 0)
            #expect(try await audit.verify(growth).status == 1)
            let list = try await audit.client.get(
                Endpoints.listCheckpoints, Endpoints.listCheckpoints.path(), query: [("limit", "1")])
            #expect(list.items.count == 1 && list.items[0].treeSize > size && list.nextCursor != nil)
            let next = try await audit.client.get(
                Endpoints.listCheckpoints, Endpoints.listCheckpoints.path(), query: [("cursor", list.nextCursor)])
            #expect(next.items.first?.number == list.items[0].number - 1)
            let page = try await RawSession(audit.server).send(.get("/audit?limit=1"))
            let html = String(decoding: page.body, as: UTF8.self)
            #expect(page.status == 200 && html.contains("Sealed events") && html.contains("rel=\"next\""))
        }
    }

    @Test("is told what is wrong with a question")
    func badQuestions() async throws {
        try await Self.onSealedLog { audit in
            func bad(_ path: String, _ status: Int, _ code: String, _ faults: String..., says: [String]) -> Refusal {
                Refusal(
                    request: .get("/api/v1/audit/" + path), status: status, code: code, faults: faults, says: says)
            }
            let wrong = "parameter-invalid"
            _ = try await RawSession(audit.server).expect([
                bad("checkpoint?tree_size=0", 400, wrong, "tree_size out-of-range", says: ["from 1"]),
                bad("checkpoint?tree_size=999999", 404, "checkpoint-not-found", says: ["999999"]),
                bad("checkpoints?limit=201", 400, wrong, "limit out-of-range", says: ["from 1 to 200"]),
                bad("checkpoints?cursor=x", 400, "cursor-invalid", "cursor malformed", says: ["next_cursor"]),
                bad("proofs", 400, wrong, "seq missing", says: ["must be given"]),
                bad("proofs?seq=-1", 400, wrong, "seq out-of-range", says: ["from 1"]),
                bad("proofs?seq=999999", 404, "not-sealed", says: ["the tree holds seq 1 to"]),
                bad("proofs?seq=1&size=2", 400, wrong, "size unknown-parameter", says: ["tree_size"]),
                bad("consistency?from=999999", 404, "not-sealed", says: ["999999"]),
                bad("consistency?to=5", 400, wrong, "from missing", says: ["must be given"]),
                bad("export?since=yesterday", 400, wrong, "since malformed", says: ["2026-11-24T05:00:00Z"]),
                bad("export?after=5", 400, wrong, "after incomplete", says: ["tree_size"]),
                bad("export?stream=", 400, wrong, "stream out-of-range", says: ["1 to 200"]),
                bad("export?tree_size=999999", 404, "checkpoint-not-found", says: ["999999"]),
            ])
        }
    }

    @Test("learns that nothing is sealed where the server has no key")
    func noKey() async throws {
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            let answer = try await WeirProgram.run(["audit", "checkpoint"], server: server.base)
            #expect(answer.status == 1 && answer.errors.contains("--checkpoint-key-file"))
            await server.stop()
        }
    }
}

/// An auditor's work on a server.
struct AuditSession: Sendable {
    let database: MigratedDatabase
    let server: String
    let client: WeirClient
    let publicKey: String

    func path(_ name: String) -> String { database.folder.appending(path: name).path }

    func weir(_ words: String...) async throws -> WeirProgram {
        try await WeirProgram.run(words, server: server)
    }

    func verify(_ file: String, _ options: String...) async throws -> WeirProgram {
        try await WeirProgram.run(["audit", "verify", file, "--public-key", publicKey] + options)
    }

    /// Returns when all that is in the log now is sealed, and copied to the witness.
    func sealed() async throws {
        let connection = try await PostgresConnection.connect(database.administrator)
        defer { connection.close() }
        let head: Int64 = try await connection.query("SELECT last_seq FROM log_tip").first?.decode("last_seq") ?? 0
        let latest = path("witness/latest")
        try await eventually("seq \(head) was sealed") {
            let note = (try? String(contentsOf: URL(filePath: latest), encoding: .utf8)) ?? ""
            return note.split(separator: "\n").dropFirst().first.flatMap { Int64($0) } ?? 0 >= head
        }
    }
}
