package import EventSourcing

/// Today's decider for each kind of stream.
package enum StreamReplays {
    /// A stream of this name before its first event; nil when there are no such streams.
    package static func make(_ name: StreamName) -> (any ReplayingStream)? {
        switch name.category {
        case WorkspaceCodec.category: StreamReplay(WorkspaceDecider.self)
        case ConnectionCodec.category: StreamReplay(ConnectionDecider.self)
        case JobCodec.category: StreamReplay(JobDecider.self)
        case RunCodec.category: StreamReplay(RunDecider.self)
        case SecurityCodec.category: StreamReplay(SecurityDecider.self)
        case SystemCodec.category: StreamReplay(SystemDecider.self)
        default: nil
        }
    }
}
