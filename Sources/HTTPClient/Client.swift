/// Asks HTTP servers (HTTP/1.1, with or without TLS) and keeps its connections to them.
///
/// What it never does: follow a redirect, use a proxy that the environment names, speak anything but `http` and `https`,
/// or send a request twice that is marked `.once`.
///
/// One client serves many tasks. It has to be kept for as long as its streamed answers are read.
package final class Client: Sendable {
    private let driver: MultiDriver

    /// - Throws: `ClientError.invalidRequest` where libcurl or the system has nothing left to give.
    package init(_ configuration: Configuration = Configuration()) throws(ClientError) {
        driver = try MultiDriver(configuration)
    }

    deinit {
        driver.shutDown(grace: .zero) {}
    }

    /// Sends a request and takes the whole answer, whatever its status.
    ///
    /// - Throws: `ClientError`. Cancelling the task ends the exchange.
    package func send(_ request: Request) async throws(ClientError) -> Response {
        let transfer = try Transfer(request, delivery: .whole(limit: request.responseLimit), driver.configuration)
        await driver.start(transfer, waitFor: .end)
        return try transfer.update { exchange throws(ClientError) in try exchange.takeResponse() }
    }

    /// Sends a request and returns when the head of the answer is there. Its body is read as it comes, and the server
    /// is slowed down when nobody reads.
    ///
    /// - Throws: `ClientError`. Cancelling the task ends the exchange.
    package func stream(_ request: Request) async throws(ClientError) -> StreamedResponse {
        let window = driver.configuration.streamWindow
        let transfer = try Transfer(request, delivery: .streamed(window: window), driver.configuration)
        let body = BodyStream(driver, transfer)
        await driver.start(transfer, waitFor: .head)
        let head = try transfer.update { exchange throws(ClientError) -> Head? in
            if exchange.head == nil, let end = exchange.end { try end.get() }
            return exchange.head
        }
        guard let head else { preconditionFailure("an exchange without a head has failed") }
        return StreamedResponse(head: head, body: body)
    }

    /// Takes no more requests (they end with `.notSent`), lets those under way end within `grace`, ends the rest, and
    /// closes all connections.
    package func shutDown(grace: Duration = .seconds(5)) async {
        await withCheckedContinuation { continuation in
            driver.shutDown(grace: grace) { continuation.resume() }
        }
    }
}

extension MultiDriver {
    /// Starts a transfer and waits for it; where the task is cancelled already, nothing of it is sent.
    func start(_ transfer: Transfer, waitFor milestone: Exchange.Milestone) async {
        await withTaskCancellationHandler {
            // The order matters: a cancellation from before this comes to the driver's queue first.
            start(transfer)
            await transfer.wait(for: milestone)
        } onCancel: {
            stop(transfer, .cancelled)
        }
    }

    /// Waits for a transfer, and ends it where the task is cancelled.
    func wait(for milestone: Exchange.Milestone, of transfer: Transfer) async {
        await withTaskCancellationHandler {
            await transfer.wait(for: milestone)
        } onCancel: {
            stop(transfer, .cancelled)
        }
    }
}
