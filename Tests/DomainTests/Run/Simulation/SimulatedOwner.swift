import Domain
import Foundation

/// A process that drives a run: what it knows is lost when it crashes.
struct SimulatedOwner {
    let epoch: Int64
    var state: RunState
    var seen = RunKnowledge()
    var handle: Int?

    init(epoch: Int64, state: RunState) {
        self.epoch = epoch
        self.state = state
    }
}

/// The owner's process ended, or went on too late.
enum OwnerLoss: Error {
    case crashed
    /// Still runs, and believes to be the owner.
    case replaced
}
