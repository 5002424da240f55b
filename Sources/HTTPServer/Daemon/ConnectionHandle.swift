import CMicroHTTPD

/// The library's connection. Valid until the library says that the connection is closed.
struct ConnectionHandle: @unchecked Sendable {
    // Safe to pass between threads: the only function called off the library's own thread is `MHD_resume_connection`,
    // which is made for that, and only by whoever took the one right to wake a suspended connection, which the library
    // cannot free before.
    let pointer: OpaquePointer
    let loop: EventLoop

    /// Takes the connection out of the library's loop. Only on the library's thread, inside one of its callbacks.
    func suspend() {
        MHD_suspend_connection(pointer)
    }

    /// Puts a suspended connection back. From any thread, once for each `suspend`.
    func resume() {
        MHD_resume_connection(pointer)
        // The library only notes it: where it does not run its own loop it wakes nobody.
        loop.call()
    }
}
