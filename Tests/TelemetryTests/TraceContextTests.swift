import Telemetry
import Testing

@Suite struct TraceContextTests {
    private static let sample = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `a header is read and written the same`() throws {
        let context = try #require(TraceContext(traceparent: Self.sample))
        #expect(context.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.spanID == "00f067aa0ba902b7")
        #expect(context.isSampled)
        #expect("\(context)" == Self.sample)
    }

    @Test func `flags and what later versions add are left aside`() throws {
        let later = try #require(TraceContext(traceparent: "cc" + Self.sample.dropFirst(2) + "-what-the-future"))
        #expect("\(later)" == Self.sample)
        let unsampled = try #require(TraceContext(traceparent: Self.sample.dropLast(2) + "fe"))
        #expect(!unsampled.isSampled)
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-000f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        "00-4bf92f3577b34da6a3ce929d0e0e47é-00f067aa0ba902b7-01",
    ])
    func `what is no header begins no trace`(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test func `a child is another part of the same trace`() {
        let parent = TraceContext.make(isSampled: true)
        let child = parent.child()
        #expect(child.traceID == parent.traceID)
        #expect(child.spanID != parent.spanID)
        #expect(child.isSampled)
        #expect(TraceContext(traceparent: "\(child)") == child)
        #expect(TraceContext.make().traceID != parent.traceID)
    }
}
