import TestSupport
import Testing

@Suite("The log under disturbance")
struct SoakTests {
    @Test(
        """
        200,000 events by 16 writers in 2 processes, while processes, connections and Postgres itself are killed: no gap, \
        no duplicate, no other order for any reader, read models that equal their rebuild, and a tree that verifies
        """)
    func survives() async throws {
        try await SoakRun.run(SoakRun.Plan())
    }
}
