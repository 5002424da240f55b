import API
import Foundation
import HTTPServer
import TestSupport
import Testing

@testable import CLI

/// What commands write: tables for people, one JSON document for programs.
@Suite(.timeLimit(.minutes(1))) struct OutputTests {
    private static let id = "019b0000-0000-7000-8000-000000000001"

    private static let answers: [(method: HTTPMethod, path: String, text: String)] = [
        (
            .get, "/api/v1/workspaces",
            """
            {"items":[
              {"id":"\(id)","name":"finance","description":"money, 名","created_at":"2026-01-31T10:00:00.000000Z","version":2},
              {"id":"019b0000-0000-7000-8000-000000000002","name":"grid","description":"","created_at":"2026-02-01T10:00:00.000000Z","version":1}
            ],"next_cursor":"c2"}
            """
        ), (.post, "/api/v1/workspaces", #"{"id":"\#(id)","seq":7,"version":1}"#),
        (.post, "/api/v1/runs/{run}/cancel", #"{"id":"\#(id)","seq":null,"version":5}"#),
        (
            .get, "/api/v1/runs/{run}/events",
            """
            {"items":[{"seq":12,"stream":"run-\(id)","version":1,"type":"run.admitted","schema_version":1,
              "recorded_at":"2026-01-31T10:00:00.123456Z","actor":"service:saga","payload":{}}],"next_cursor":null}
            """
        ),
    ]

    /// Runs a command against a server that knows these answers.
    private func run(_ words: [String]) async throws -> Outcome {
        var router = Router()
        for answer in Self.answers {
            router.on(answer.method, answer.path) { _ in .bytes(Array(answer.text.utf8), type: "application/json") }
        }
        let server = try Server(configuration: HTTPServer.Configuration(), router: router)
        let running = Task { try await server.run() }
        let outcome = await weir(words, environment: ["WEIR_SERVER": "http://127.0.0.1:\(server.port)"])
        server.beginStop()
        try await running.value
        return outcome
    }

    static let commands = [
        ["workspace", "list"], ["workspace", "create", "finance"], ["run", "cancel", id], ["run", "events", id],
    ]

    @Test(arguments: commands)
    func `people get a table, or what was done`(words: [String]) async throws {
        let outcome = try await run(words)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try GoldenFolder().expect(outcome.output, named: "output/\(words.prefix(2).joined(separator: "-")).txt")
    }

    @Test(arguments: commands)
    func `programs get one JSON document`(words: [String]) async throws {
        let outcome = try await run(words + ["--output", "json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) }
        try GoldenFolder().expect(outcome.output, named: "output/\(words.prefix(2).joined(separator: "-")).json")
    }
}
