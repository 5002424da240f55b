import API
import HTTPServer
import Testing

@testable import Web

/// How many of something may be under way at a time.
@Suite struct SlotsTests {
    @Test func `of many that ask at the same time as many are taken as there are, and free again afterwards`() async {
        let slots = Slots(4)
        for _ in 0..<2 {
            let taken = await withTaskGroup { group in
                for _ in 0..<100 { group.addTask { slots.take() } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(taken.count { $0 != nil } == 4)
        }
    }

    @Test func `streams are counted from their answer on, and no more when it is not sent`() async throws {
        let web = TestWeb()
        var open: [Answer] = []
        for _ in 0..<500 { open.append(try await web.get("/api/v1/events/stream")) }
        #expect(open.allSatisfy { $0.status == 200 })
        let refused = try await web.get("/api/v1/events/stream")
        #expect(refused.status == 503)
        #expect(try refused.problem.code == "too-many-streams")
        open.removeLast()
        #expect(try await web.get("/api/v1/events/stream").status == 200)
    }
}
