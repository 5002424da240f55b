import Dispatch

/// The data of a `COPY … TO STDOUT`, in the format that the statement names; read once, by one task.
///
/// Chunks may end anywhere, also within a row. Reading throws `PostgresError` when the statement fails halfway.
package struct PostgresCopyOutput: AsyncSequence, Sendable {
    fileprivate let session: Session
    fileprivate let copy: CopyOutOperation

    package func makeAsyncIterator() -> Iterator { Iterator(output: self) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let output: PostgresCopyOutput

        package mutating func next() async throws -> [UInt8]? {
            try await output.next()
        }
    }

    private func next() async throws -> [UInt8]? {
        try await withCheckedThrowingContinuation { continuation in
            session.queue.async { [session, copy] in
                copy.read { continuation.resume(with: $0.mapError(\.forCaller)) }
                session.resumeInput()
            }
        }
    }
}

extension PostgresConnection {
    /// Runs a `COPY … TO STDOUT` statement and lends its data to `read`.
    ///
    /// A slow reader slows the server down: at most 128 KiB and one row are kept for it. When `read` returns or throws
    /// before the end, or the task is cancelled, the statement is cancelled on the server (which fails an open
    /// transaction), and the call returns when that is done; the connection can be used again.
    ///
    /// - Throws: What `read` throws; `PostgresError`, of which `.unsupported` is for other statements.
    @discardableResult
    package func copyOut<Value: Sendable>(
        _ sql: String, _ read: (PostgresCopyOutput) async throws -> Value
    ) async throws -> Value {
        let token = CancellationToken()
        let copy = CopyOutOperation(sql, token: token)
        return try await stoppingOnServer(token) {
            try await begin(copy)
            do {
                let value = try await read(PostgresCopyOutput(session: session, copy: copy))
                await end(copy)
                return value
            } catch {
                await end(copy)
                throw error
            }
        }
    }

    private func begin(_ copy: CopyOutOperation) async throws {
        try await withCheckedThrowingContinuation { continuation in
            session.queue.async { [session] in
                copy.whenStarted { continuation.resume(with: $0.mapError(\.forCaller)) }
                session.submit(copy)
            }
        }
    }

    private func end(_ copy: CopyOutOperation) async {
        await withCheckedContinuation { continuation in
            session.queue.async { [session] in
                copy.whenEnded { continuation.resume() }
                if !copy.hasEnded, let token = copy.token { session.cancel(token) }
            }
        }
    }
}
