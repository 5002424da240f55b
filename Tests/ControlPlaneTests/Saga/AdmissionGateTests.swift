import Domain
import Foundation
import Testing

@testable import ControlPlane

/// Which runs may be under way.
@Suite struct AdmissionGateTests {
    private let runs = (0..<6).map { _ in RunID(UUID()) }

    @Test func `as many runs are admitted as the limit says`() {
        let gate = AdmissionGate(limit: 2)
        #expect(gate.admission(of: runs[0]) == .admitted)
        #expect(gate.admission(of: runs[1]) == .admitted)
        #expect(gate.admission(of: runs[2]) != .admitted)
        #expect(gate.admission(of: runs[0]) == .admitted, "it keeps its place")
    }

    @Test func `who waits is told why, and what ends it`() {
        let gate = AdmissionGate(limit: 1)
        _ = gate.admission(of: runs[0])
        guard case .queued(let queued) = gate.admission(of: runs[1]) else {
            Issue.record("it was admitted")
            return
        }
        #expect(queued.reason == .runnerFull)
        #expect(queued.message == "1 runs are under way, and 1 may be; it starts when one ends")
    }

    @Test func `who came first is admitted first`() {
        let gate = AdmissionGate(limit: 1)
        for run in runs[0...2] { _ = gate.admission(of: run) }
        #expect(gate.leave(runs[0]) == [runs[1]])
        #expect(gate.admission(of: runs[2]) != .admitted)
        #expect(gate.admission(of: runs[1]) == .admitted)
        #expect(gate.admission(of: runs[2]) != .admitted)
    }

    @Test func `every place that becomes free is given away, whoever asks first`() {
        let gate = AdmissionGate(limit: 2)
        for run in runs[0...4] { _ = gate.admission(of: run) }
        #expect(gate.leave(runs[0]) == [runs[2]])
        // The first of them has not asked yet.
        #expect(gate.leave(runs[1]) == [runs[2], runs[3]])
        #expect(gate.admission(of: runs[4]) != .admitted)
        #expect(gate.admission(of: runs[3]) == .admitted)
        #expect(gate.admission(of: runs[4]) != .admitted)
        #expect(gate.admission(of: runs[2]) == .admitted)
        #expect(gate.admission(of: runs[4]) != .admitted)
    }

    @Test func `who gives up waiting holds up nobody`() {
        let gate = AdmissionGate(limit: 1)
        for run in runs[0...2] { _ = gate.admission(of: run) }
        #expect(gate.leave(runs[1]) == [])
        #expect(gate.leave(runs[0]) == [runs[2]])
        #expect(gate.admission(of: runs[2]) == .admitted)
    }

    @Test func `runs that were admitted before have a place also beyond the limit`() {
        let gate = AdmissionGate(limit: 1)
        for run in runs[0...2] { gate.readmit(run) }
        #expect(gate.admission(of: runs[0]) == .admitted)
        #expect(gate.admission(of: runs[3]) != .admitted)
        #expect(gate.leave(runs[0]) == [])
        #expect(gate.leave(runs[1]) == [])
        #expect(gate.leave(runs[2]) == [runs[3]])
    }
}
