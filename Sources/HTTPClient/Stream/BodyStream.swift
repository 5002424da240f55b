/// The body of an answer, piece by piece as it comes.
///
/// It is read by one task, once. Letting go of it, or cancelling the task that reads it, ends the exchange.
package struct BodyStream: AsyncSequence, Sendable {
    private let reader: Reader

    init(_ driver: MultiDriver, _ transfer: Transfer) {
        reader = Reader(driver, transfer)
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(reader: reader)
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let reader: Reader

        /// At least one byte; nil at the proper end.
        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(ClientError) -> [UInt8]? {
            try await reader.next()
        }
    }

    /// Ends the exchange with the last reference to it.
    fileprivate final class Reader: Sendable {
        private let driver: MultiDriver
        private let transfer: Transfer

        init(_ driver: MultiDriver, _ transfer: Transfer) {
            self.driver = driver
            self.transfer = transfer
        }

        deinit {
            driver.stop(transfer, .cancelled)
        }

        nonisolated(nonsending) func next() async throws(ClientError) -> [UInt8]? {
            await driver.wait(for: .bytes, of: transfer)
            let (bytes, resume) = try transfer.update { exchange throws(ClientError) in try exchange.takeBytes() }
            if resume { driver.resume(transfer) }
            return bytes
        }
    }
}
