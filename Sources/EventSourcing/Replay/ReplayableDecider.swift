/// A decider whose commands can be told from the events that they led to.
package protocol ReplayableDecider: Decider {
    /// The command that leads to these events in this state: the inverse of `decide`.
    ///
    /// - Returns: Nil when none of today's commands leads to such events.
    static func command(thatLedTo events: [Codec.Event], from state: State) -> Command?
}
