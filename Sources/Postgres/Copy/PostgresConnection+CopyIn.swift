import Dispatch

extension PostgresConnection {
    /// Runs a `COPY … FROM STDIN` statement and gives it the chunks, in the format that the statement names: all rows are
    /// copied, or none.
    ///
    /// Chunks may end anywhere, also within a row. The next one is asked for when the socket has taken the last one, so
    /// that memory holds one chunk, however slow the server is. A row that the server refuses is reported when the chunks
    /// have ended, since libpq looks at the server's word only then. When `chunks` throws or the task is cancelled, the
    /// server is told to take nothing, and the call returns when it has answered; the connection can be used again.
    ///
    /// - Returns: How many rows were copied.
    /// - Throws: What `chunks` throws; `CancellationError`; `PostgresError`, of which `.unsupported` is for other
    ///   statements, and `.connectionLost` may also mean that all rows were copied.
    @discardableResult
    package func copyIn<Chunks: AsyncSequence>(
        _ sql: String, _ chunks: Chunks
    ) async throws -> Int64 where Chunks.Element == [UInt8] {
        let token = CancellationToken()
        let copy = CopyInOperation(sql, token: token)
        return try await stoppingOnServer(token) {
            try await begin(copy)
            do {
                for try await chunk in chunks where !chunk.isEmpty {
                    try await write(chunk, to: copy)
                }
                // Some sequences end, rather than throw, when the task is cancelled.
                try Task.checkCancellation()
            } catch {
                _ = try? await end(copy, because: "the source of the data failed")
                throw error
            }
            return try await end(copy)
        }
    }

    private func begin(_ copy: CopyInOperation) async throws {
        try await withCheckedThrowingContinuation { continuation in
            session.queue.async { [session] in
                copy.whenStarted { continuation.resume(with: $0.mapError(\.forCaller)) }
                session.submit(copy)
            }
        }
    }

    private func write(_ chunk: [UInt8], to copy: CopyInOperation) async throws {
        try await withCheckedThrowingContinuation { continuation in
            session.queue.async { [session] in
                copy.write(chunk) { continuation.resume(with: $0.mapError(\.forCaller)) }
                session.flush()
            }
        }
    }

    private func end(_ copy: CopyInOperation, because reason: String? = nil) async throws -> Int64 {
        try await withCheckedThrowingContinuation { continuation in
            session.queue.async { [session] in
                copy.whenEnded { continuation.resume(with: $0.mapError(\.forCaller)) }
                copy.end(because: reason, on: session.connection)
                session.flush()
                session.takeInput()
            }
        }
    }
}
