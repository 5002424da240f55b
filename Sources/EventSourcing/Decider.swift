/// The rules of one kind of stream: decide in a value, act in a shell.
///
/// A decider reads no clock, no source of ids and no network: what it needs is in the command. `evolve` is total:
/// it neither throws nor decides. Repeating a command yields no events.
package protocol Decider: SendableMetatype {
    associatedtype Command: Sendable
    associatedtype State: Sendable
    associatedtype Codec: EventCodec
    /// Names the rule that a command would have broken.
    associatedtype Rejection: Error, Sendable
    typealias Event = Codec.Event

    /// The state of a stream that has no events.
    static var initial: State { get }
    /// The events that the command leads to; none when it has been carried out before.
    static func decide(_ command: Command, _ state: State) throws(Rejection) -> [Codec.Event]
    /// The stable name of a command, as in `run.request_cancel`: it is stored with the events.
    static func name(of command: Command) -> String
    /// The state after an event.
    static func evolve(_ state: State, _ event: Codec.Event) -> State
    /// The unique names that an event takes or gives back. `state` is the one before the event.
    static func claims(of event: Codec.Event, _ state: State, stream: StreamName) -> [ClaimChange]
    /// Whether nothing may follow in a stream in this state.
    static func isClosed(_ state: State) -> Bool
}

extension Decider {
    package static func claims(of event: Codec.Event, _ state: State, stream: StreamName) -> [ClaimChange] { [] }
    package static func isClosed(_ state: State) -> Bool { false }

    /// The state after a whole history.
    package static func fold(_ events: some Sequence<Codec.Event>, from state: State = initial) -> State {
        events.reduce(state, evolve)
    }
}
