import CCurl
import Synchronization

/// One exchange under way: its libcurl handle, what is known of it, and who waits for it.
///
/// The handle is used by the task that makes it, and from then on by the driver's queue alone.
final class Transfer: Sendable {
    private struct Waiter {
        let milestone: Exchange.Milestone
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct Inbox {
        var exchange: Exchange
        var waiter: Waiter?
    }

    let easy: EasyHandle
    let addressPolicy: AddressPolicy
    /// How long a streamed answer's head may take; libcurl bounds whole answers itself.
    let headDeadline: Duration?
    private let inbox: Mutex<Inbox>

    init(_ request: Client.Request, delivery: Exchange.Delivery, _ configuration: Client.Configuration)
        throws(ClientError)
    {
        inbox = Mutex(Inbox(exchange: Exchange(request.repeatability, delivery: delivery)))
        addressPolicy = configuration.addressPolicy
        easy = try EasyHandle()
        switch delivery {
        case .whole:
            headDeadline = nil
            try easy.configureWhole(request)
        case .streamed:
            headDeadline = request.deadline
            try easy.configureStreamed(request)
        }
        try easy.configure(request, configuration)
        try easy.report(to: self)
    }

    /// Changes what is known, and wakes whoever waited for that.
    @discardableResult
    func update<Result, Failure: Error>(
        _ change: (inout Exchange) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let (outcome, woken) = inbox.withLock { inbox -> (Swift.Result<Result, Failure>, Waiter?) in
            let outcome: Swift.Result<Result, Failure>
            do throws(Failure) { outcome = .success(try change(&inbox.exchange)) } catch { outcome = .failure(error) }
            guard let waiter = inbox.waiter, inbox.exchange.hasReached(waiter.milestone) else { return (outcome, nil) }
            inbox.waiter = nil
            return (outcome, waiter)
        }
        woken?.continuation.resume()
        return try outcome.get()
    }

    /// Returns when the exchange has got that far. One task at a time may wait.
    func wait(for milestone: Exchange.Milestone) async {
        await withCheckedContinuation { continuation in
            let isThere = inbox.withLock { inbox in
                precondition(inbox.waiter == nil, "two tasks wait for one exchange")
                guard !inbox.exchange.hasReached(milestone) else { return true }
                inbox.waiter = Waiter(milestone: milestone, continuation: continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}
