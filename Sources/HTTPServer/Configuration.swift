/// Where a server listens and what it lets a client have.
package struct Configuration: Sendable {
    /// A numeric IPv4 or IPv6 address; `::` takes both families.
    package var host = "127.0.0.1"
    /// 0 takes a free port (`Server.port` tells which).
    package var port: UInt16 = 0
    /// Connections that wait to be accepted.
    package var backlog: Int32 = 1024

    /// Memory of one connection in bytes: head, buffers and the response's head together. A request line or a field that
    /// exceeds it is answered 414 or 431, by the library and in HTML.
    package var connectionMemory = 32 * 1024
    /// Open connections; more wait in the backlog.
    package var connectionLimit = 10_000
    /// Open connections of one address; 0 for no limit. More are closed at once.
    package var connectionLimitPerAddress = 0
    /// How long a connection may send and take nothing, in whole seconds: between requests, and within a head, body or
    /// response. A head that comes drop by drop is cut after twice that time.
    package var idleTimeout = Duration.seconds(30)

    /// The longest body in bytes, unless the route says otherwise.
    package var bodyLimit = 1024 * 1024
    /// Bodies in chunks received at a time; more are answered as overloaded. The library goes through the line between two
    /// chunks anew in every turn until it has ended: this bounds what that may cost.
    package var chunkedBodies = 16
    /// How long a body in chunks (RFC 9112, section 7.1) may bring nothing before its connection is cut.
    package var chunkTimeout = Duration.seconds(5)
    /// What is read and thrown away of a body that is too long, in bytes beyond the limit, so that the client gets to
    /// read the answer; a client that sends more is cut.
    package var discardLimit = 1024 * 1024
    /// How long receiving and handling may take, from the request line on, unless the route says otherwise. Streams have
    /// no deadline.
    package var requestDeadline = Duration.seconds(30)
    /// Requests handled at a time, streams included; more are answered as overloaded.
    package var concurrentRequests = 10_000

    /// Bytes that wait for a stream's reader.
    package var streamBuffer = 64 * 1024
    /// How long a stream's writer waits for a reader that takes nothing, before that is cut.
    package var slowestReader = Duration.seconds(10)
    /// How long an event stream may be silent before a comment line is sent.
    package var heartbeat = Duration.seconds(15)

    /// How often deadlines, streams and connections are looked at: all times above are kept to within this.
    package var watchInterval = Duration.milliseconds(100)
    /// How often it is looked whether the clients of waiting requests are still there.
    package var clientWatchInterval = Duration.seconds(1)

    /// How long a connection that is open when the server stops gets to send one more request, which is answered 503.
    package var stopLastCall = Duration.milliseconds(250)
    /// How long running handlers may go on when the server stops.
    package var stopGrace = Duration.seconds(20)
    /// How long clients may take, after that, to fetch what was answered.
    package var stopFlush = Duration.seconds(5)

    package init(host: String = "127.0.0.1", port: UInt16 = 0) {
        self.host = host
        self.port = port
    }

    /// Limits that would be none are mistakes in the program.
    func check() {
        precondition(idleTimeout >= .seconds(1), "the idle time-out is at least a second")
        precondition(connectionMemory >= 4096, "a connection needs 4 KiB at least")
        precondition(connectionLimit > 0 && concurrentRequests > 0 && streamBuffer > 0, "a limit is above 0")
        precondition(chunkedBodies > 0 && chunkTimeout > .zero, "a limit is above 0")
        precondition(bodyLimit >= 0 && discardLimit >= 0 && connectionLimitPerAddress >= 0, "a limit is not negative")
        precondition(watchInterval > .zero, "the watch has an interval")
    }
}
