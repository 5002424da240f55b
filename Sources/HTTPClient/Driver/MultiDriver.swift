import CCurl
import Dispatch

/// Runs transfers on one libcurl multi handle, which only its serial queue touches.
///
/// Unchecked: every stored variable is used on the queue alone.
final class MultiDriver: @unchecked Sendable {
    let queue = DispatchQueue(label: "HTTPClient")
    let multi: UnsafeMutableRawPointer
    let configuration: Client.Configuration
    private let sockets: SocketWatch
    private let timer: any DispatchSourceTimer
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
    private var isDueNow = false
    private var shutdown = Shutdown.none

    private enum Shutdown {
        case none
        /// No new transfers; the closures are called when the last one has ended.
        case waiting([@Sendable () -> Void])
        case done
    }

    init(_ configuration: Client.Configuration) throws(ClientError) {
        try LibraryStart.result.get()
        guard let multi = curl_multi_init() else { throw .invalidRequest("no memory for a libcurl multi handle") }
        self.multi = multi
        self.configuration = configuration
        sockets = try SocketWatch(queue: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        // The handlers keep the driver alive until `tearDown` cancels them.
        timer.setEventHandler { [self] in act(on: CURL_SOCKET_TIMEOUT, 0) }
        timer.schedule(deadline: .distantFuture)
        timer.activate()
        sockets.start { [self] socket, events in act(on: socket, events) }
        report(to: Unmanaged.passUnretained(self).toOpaque())
    }

    // MARK: From any thread

    func start(_ transfer: Transfer) {
        queue.async { [self] in
            guard case .none = shutdown else { return transfer.update { $0.finish(.clientShutDown) } }
            guard transfers.count < configuration.exchangeLimit else {
                return transfer.update { $0.finish(.tooManyExchanges) }
            }
            // The task may have been cancelled before it came to this.
            guard transfer.update({ $0.end == nil }) else { return }
            transfers[transfer.easy.pointer] = transfer
            let code = curl_multi_add_handle(multi, transfer.easy.pointer)
            precondition(code == CURLM_OK, "libcurl refused a transfer: \(String(cString: curl_multi_strerror(code)))")
            watchHead(of: transfer)
            settle()
        }
    }

    /// Ends a transfer from this side. One that has ended already stays as it is.
    func stop(_ transfer: Transfer, _ reason: Exchange.Stop) {
        queue.async { [self] in
            end(transfer) { $0.finish(reason) }
            settle()
        }
    }

    /// Lets a slowed-down server go on.
    func resume(_ transfer: Transfer) {
        queue.async { [self] in
            guard transfers[transfer.easy.pointer] != nil else { return }
            curl_easy_pause(transfer.easy.pointer, CURLPAUSE_CONT)
            isDueNow = true
            settle()
        }
    }

    /// Takes no more transfers, gives those under way `grace` to end, and closes all connections.
    func shutDown(grace: Duration, whenDone: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            switch shutdown {
            case .none: shutdown = .waiting([whenDone])
            case .waiting(let others): shutdown = .waiting(others + [whenDone])
            case .done: return whenDone()
            }
            queue.asyncAfter(deadline: .now() + .milliseconds(grace.wholeMilliseconds)) { [self] in
                for transfer in transfers.values { end(transfer) { $0.finish(.clientShutDown) } }
                finishShutdown()
            }
            finishShutdown()
        }
    }

    // MARK: On the queue

    private func act(on socket: curl_socket_t, _ events: CInt) {
        if case .done = shutdown { return }
        var running: CInt = 0
        curl_multi_socket_action(multi, socket, events, &running)
        settle()
    }

    /// Does what is due, and gives the transfers that have ended their end.
    private func settle() {
        if case .done = shutdown { return }
        // More rounds are left to the timer, so that no transfer keeps the others from their turn.
        for _ in 0..<8 where isDueNow {
            isDueNow = false
            var running: CInt = 0
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
        }
        if isDueNow { timer.schedule(deadline: .now()) }
        var code = CURLE_OK
        while let ended = curl_shim_next_ended(multi, &code) {
            guard let transfer = transfers[ended] else { continue }
            let failure = transfer.easy.failure(code)
            end(transfer) { $0.finish(failure) }
        }
        finishShutdown()
    }

    private func end(_ transfer: Transfer, _ change: (inout Exchange) -> Void) {
        if transfers.removeValue(forKey: transfer.easy.pointer) != nil {
            curl_multi_remove_handle(multi, transfer.easy.pointer)
        }
        transfer.update(change)
    }

    private func watchHead(of transfer: Transfer) {
        guard let deadline = transfer.headDeadline else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(deadline.wholeMilliseconds)) { [self, weak transfer] in
            guard let transfer, transfer.update({ $0.head == nil && $0.end == nil }) else { return }
            end(transfer) { $0.finish(.headDeadlinePassed) }
            settle()
        }
    }

    private func finishShutdown() {
        guard case .waiting(let waiters) = shutdown, transfers.isEmpty else { return }
        shutdown = .done
        curl_multi_cleanup(multi)
        timer.setEventHandler {}
        timer.cancel()
        sockets.stop()
        for waiter in waiters { waiter() }
    }

    // MARK: What libcurl asks for

    func watch(_ socket: curl_socket_t, for what: CInt) {
        sockets.watch(socket, for: what)
    }

    /// - Parameter milliseconds: 0 for at once, negative for never.
    func wake(after milliseconds: Int) {
        isDueNow = milliseconds == 0
        timer.schedule(deadline: milliseconds > 0 ? .now() + .milliseconds(milliseconds) : .distantFuture)
    }
}
