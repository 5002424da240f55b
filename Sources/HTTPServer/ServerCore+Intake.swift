import CMicroHTTPD
import Synchronization

// What happens on the connections' thread: no waiting, no user code but the failure responder.
extension ServerCore {
    /// The head is there: decides whether the request can be read in one way only, and what may follow.
    func begin(
        _ exchange: Exchange, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>
    ) -> MHD_Result {
        exchange.hasBegun = true
        let reader = HeadReader(
            exchange.connection.pointer, method: method, version: version,
            target: (exchange.targetStart, exchange.targetCount))
        let head: RequestHead
        do {
            head = try admit(exchange, reader, method: String(cString: method), version: String(cString: version))
        } catch {
            // At once: what follows such a head can't be told to be a body or the next request.
            return queue(failure: error, for: exchange)
        }
        exchange.head = head
        if let limit = head.match.limits.deadline { exchange.setLimit(limit) }
        if reader.rules.isChunked {
            if chunkedBodies.load(ordering: .relaxed) >= configuration.chunkedBodies {
                return queue(failure: .overloaded, for: exchange)
            }
            chunkedBodies.add(1, ordering: .relaxed)
            exchange.awaitPiece(within: configuration.chunkTimeout)
        }
        let announced = reader.rules.contentLength ?? 0
        if announced > head.bodyLimit {
            exchange.refusal = .bodyTooLarge(limit: head.bodyLimit)
            if reader.rules.expectsContinue || announced - head.bodyLimit > configuration.discardLimit {
                return queue(failure: .bodyTooLarge(limit: head.bodyLimit), for: exchange)
            }
        } else if announced > 0 {
            exchange.body.reserveCapacity(min(announced, 64 * 1024))
        }
        return .YES
    }

    private func admit(
        _ exchange: Exchange, _ reader: HeadReader, method: String, version: String
    ) throws(HTTPFailure) -> RequestHead {
        let target: RequestTarget
        do {
            target = try RequestTarget(exchange.targetText)
        } catch {
            throw .malformedRequest(reason: error.reason)
        }
        if let reason = reader.rules.refusal(version: version, authority: target.authority) {
            throw .ambiguousRequest(reason: reason)
        }
        let method = HTTPMethod(rawValue: method)
        let match = routes.match(method, target.segments)
        return RequestHead(
            method: method, target: target, fields: reader.fields, match: match,
            bodyLimit: match.limits.body ?? configuration.bodyLimit)
    }

    /// Takes a piece of the body, or throws it away if the request is refused already.
    func receive(_ piece: UnsafeRawBufferPointer, of exchange: Exchange) -> MHD_Result {
        guard let head = exchange.head else { return .NO }
        exchange.bodyCount += piece.count
        // A line between chunks that never ends fills the library's buffer, and then it waits for nothing but its time-out
        // and asks for one turn after the other.
        if exchange.isInChunks { exchange.awaitPiece(within: configuration.chunkTimeout) }
        if exchange.refusal == nil, exchange.bodyCount <= head.bodyLimit {
            exchange.body.append(contentsOf: piece)
        } else {
            exchange.refusal = .bodyTooLarge(limit: head.bodyLimit)
            exchange.body = []
            if exchange.bodyCount - head.bodyLimit > configuration.discardLimit { return .NO }
        }
        return .YES
    }

    /// The body is there, or will never be.
    func receivedBody(of exchange: Exchange) {
        guard exchange.isInChunks else { return }
        exchange.endPieces()
        chunkedBodies.subtract(1, ordering: .relaxed)
    }

    /// The request is there, or its answer: hands over the one, queues the other.
    func proceed(_ exchange: Exchange) -> MHD_Result {
        receivedBody(of: exchange)
        if let answer = exchange.takeAnswer() { return queue(answer, for: exchange) }
        if exchange.wasHandedOver { return .NO }
        if let refusal = exchange.refusal { return queue(failure: refusal, for: exchange) }
        if exchange.deadline < .now { return queue(failure: .receiveDeadlinePassed, for: exchange) }
        if isStopping { return queue(failure: .stopping, for: exchange) }
        if handlers.load(ordering: .relaxed) >= configuration.concurrentRequests {
            return queue(failure: .overloaded, for: exchange)
        }
        handlers.add(1, ordering: .relaxed)
        exchange.handOver()
        if !channel(of: exchange).send(exchange) {
            handlers.subtract(1, ordering: .relaxed)
            _ = exchange.answerBeforeHandler(prepare(failure: .stopping, for: exchange))
        }
        return .YES
    }

    private func channel(of exchange: Exchange) -> RequestChannel {
        let isBrief = exchange.head?.match.route?.isBrief == true && exchange.bodyCount <= Self.longestBriefBody
        return isBrief ? brief : concurrent
    }

    private func queue(failure: HTTPFailure, for exchange: Exchange) -> MHD_Result {
        guard let prepared = prepare(failure: failure, for: exchange) else { return .NO }
        exchange.settle()
        return queue(prepared, for: exchange)
    }

    private func queue(_ answer: PreparedResponse, for exchange: Exchange) -> MHD_Result {
        MHD_queue_response(exchange.connection.pointer, UInt32(answer.status.code), answer.pointer)
    }
}
