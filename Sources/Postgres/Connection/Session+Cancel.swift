import CLibPQ
import Dispatch

extension Session {
    /// Where `PQcancel` connects and waits: neither the session's queue nor a thread of the task pool.
    private static let cancels = DispatchQueue(label: "weir.postgres.cancel", attributes: .concurrent)

    /// Gives up the operation of this token: it is not sent, or the server is asked to stop it as soon as it is its turn.
    func cancel(_ token: CancellationToken) {
        dispatchPrecondition(condition: .onQueue(queue))
        token.isCancelled = true
        if let index = waiting.firstIndex(where: { $0.token === token }) {
            waiting.remove(at: index).fail(.cancelled)
            sendWaiting()
        } else if inFlight.contains(where: { $0.token === token }) {
            givenUp.append(token)
            stopFirstIfGivenUp()
            takeInput()
        }
    }

    func stopFirstIfGivenUp() {
        guard let connection, let operation = inFlight.first, let token = operation.token,
            let index = givenUp.firstIndex(where: { $0 === token })
        else { return }
        givenUp.remove(at: index)
        operation.giveUp(on: connection)
        stopOnServer()
        resumeInput()
        flush()
    }

    /// Asks the server to stop what it is doing for this session.
    ///
    /// Until the request has been taken, nothing else is sent: it would stop that.
    func stopOnServer() {
        guard let connection, let cancel = PQgetCancel(connection) else { return }
        nonisolated(unsafe) let pointer = cancel
        cancelsUnderWay += 1
        Self.cancels.async { [self] in
            var reason = [CChar](repeating: 0, count: 256)
            _ = PQcancel(pointer, &reason, Int32(reason.count))
            PQfreeCancel(pointer)
            queue.async { [self] in
                cancelsUnderWay -= 1
                sendWaiting()
            }
        }
    }
}
