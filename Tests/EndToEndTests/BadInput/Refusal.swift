import API
import Foundation
import HTTPClient
import Testing

/// A request with something wrong in it, and what its sender has to be told.
struct Refusal: Sendable {
    let request: RawSession.Request
    let status: Int
    let code: String
    /// Each fault: its JSON pointer or parameter, and its code.
    var faults: [String] = []
    /// What the text for people has to name.
    var says: [String] = []
    /// Whether it can be understood so far that its fields are known.
    var hasHead = true
    /// Whether an event records it: what a command was refused for, but not what was asked amiss.
    var isRecorded: Bool { request.method == .post }
}

extension RawSession {
    /// Sends requests that must be refused, and checks what each sender is told.
    ///
    /// - Returns: The ids under which the refusals of commands are recorded, with their codes.
    func expect(
        _ refusals: [Refusal], at location: SourceLocation = #_sourceLocation
    ) async throws -> [String: String] {
        var recorded: [String: String] = [:]
        for refusal in refusals {
            let id = "request-\(UUID())"
            var request = refusal.request
            request.fields["X-Request-Id"] = id
            let answer = try await send(request)
            let what = Comment(rawValue: "\(request.method.rawValue) \(request.path.prefix(200)) \(text(request.body))")
            #expect(answer.status == refusal.status, what, sourceLocation: location)
            #expect(answer.fields["Content-Type"] == Problem.mediaType, what, sourceLocation: location)
            guard let problem = try? answer.problem else {
                Issue.record("no problem document: \(text(answer.body)); \(what)", sourceLocation: location)
                continue
            }
            #expect(problem.code == refusal.code, what, sourceLocation: location)
            #expect(problem.status == refusal.status, what, sourceLocation: location)
            #expect((problem.traceID == id) == refusal.hasHead, what, sourceLocation: location)
            let faults = problem.errors.map { "\($0.pointer ?? $0.parameter ?? "") \($0.code)" }
            #expect(faults == refusal.faults, what, sourceLocation: location)
            let told = ([problem.detail ?? ""] + problem.errors.map(\.detail)).joined(separator: "\n")
            #expect(!told.isEmpty, what, sourceLocation: location)
            for word in refusal.says {
                #expect(told.contains(word), "“\(told)” does not name \(word); \(what)", sourceLocation: location)
            }
            if refusal.isRecorded { recorded[id] = refusal.code }
        }
        return recorded
    }

    private func text(_ bytes: [UInt8]?) -> String {
        String(decoding: (bytes ?? []).prefix(300), as: UTF8.self)
    }
}
