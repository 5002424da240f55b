import Domain
import EventSourcing
import Testing

/// The saga and the decider together, against everything that goes wrong.
@Suite struct RunSimulationTests {
    private static let seedsPerBatch: UInt64 = 1_000

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `every run ends as its rules say, whatever fails and whoever crashes`(batch: UInt64) async throws {
        var seen: [String: Int] = [:]
        for seed in (batch * Self.seedsPerBatch)..<((batch + 1) * Self.seedsPerBatch) {
            // Other tests wait for the same threads.
            if seed.isMultiple(of: 10) { await Task.yield() }
            var simulation = try RunSimulation(seed: seed)
            do {
                try simulation.run()
            } catch {
                let story = simulation.trace.suffix(40).joined(separator: "\n  ")
                Issue.record("seed \(seed): \(error)\n  \(story)\nlog: \(simulation.log.types.joined(separator: " "))")
                return
            }
            for type in simulation.log.types { seen[type, default: 0] += 1 }
            let state = simulation.log.state
            if simulation.engine.submissions > state.attempts { seen["submitted again", default: 0] += 1 }
            if state.cancelReason != nil, state.isEnded { seen["ended after a cancel request", default: 0] += 1 }
        }
        // Nothing of what may happen was left out.
        let types = Set(RunCodec.payloads.map(\.type)).subtracting([RunResolution.type])
        for what in types.union(["submitted again", "ended after a cancel request"]) {
            #expect(seen[what, default: 0] > 20, "\(what)")
        }
    }
}
