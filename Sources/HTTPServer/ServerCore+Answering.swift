import Synchronization

// What happens in the handlers' tasks.
extension ServerCore {
    /// Handles one request in the current task, and produces its stream.
    func serve(_ exchange: Exchange) async {
        defer { handlers.subtract(1, ordering: .relaxed) }
        await withUnsafeCurrentTask { task in
            guard let task, exchange.begin(TaskHandle(task)) else { return }
            defer { exchange.end() }
            guard let request = exchange.request, let head = exchange.head else { return }
            let response = await routes.answer(request, match: head.match)
            let prepared = prepare(response, for: exchange, request)
            guard exchange.answer(prepared), let stream = prepared?.stream else { return }
            await produce(stream.body, to: stream.writer, route: head.match.route?.pattern)
        }
    }

    private func produce(_ body: StreamedBody, to writer: ResponseStream, route: String?) async {
        if isStopping, body.kind == .events { return writer.end(.finished) }
        do {
            try await body.produce(writer)
            writer.end(.finished)
        } catch {
            // An event stream has no end that could be missed: when the server stops it ends properly.
            if isStopping, body.kind == .events { return writer.end(.finished) }
            writer.end(.cut(.producerEnded))
            if error is ResponseStreamError || error is CancellationError { return }
            notice(.streamFailed(route: route, error: error))
        }
    }

    /// Answers for a handler that has not, and cancels it.
    ///
    /// - Parameters:
    ///   - refusal: For a request whose handler has not begun, and never will.
    ///   - cut: For one whose handler has.
    func answer(_ exchange: Exchange, refusal: HTTPFailure, cut: HTTPFailure) {
        if exchange.isWaitingForHandler, exchange.answerBeforeHandler(prepare(failure: refusal, for: exchange)) {
            return
        }
        exchange.answerForHandler(prepare(failure: cut, for: exchange))
    }
}

// Responses in the library's form.
extension ServerCore {
    func prepare(_ response: HTTPResponse, for exchange: Exchange, _ request: HTTPRequest) -> PreparedResponse? {
        let bodiless = request.method == .head || [.noContent, .notModified].contains(response.status)
        do {
            return try PreparedResponse.make(
                response, on: exchange.connection, close: isStopping, bodiless: bodiless,
                streamBuffer: configuration.streamBuffer)
        } catch {
            return prepare(failure: .unsendableResponse(reason: error.reason), for: exchange)
        }
    }

    /// `nil` only if there is no memory.
    func prepare(failure: HTTPFailure, for exchange: Exchange) -> PreparedResponse? {
        var response = routes.failure(failure, exchange.request)
        if response.bytes == nil { response.body = .bytes([]) }
        let close = failure.closesConnection || isStopping
        let make = { (response: HTTPResponse) in
            try? PreparedResponse.make(
                response, on: exchange.connection, close: close, bodiless: false, streamBuffer: 0)
        }
        return make(response) ?? make(HTTPResponse(status: failure.status))
    }
}

extension Exchange {
    /// The request as handlers see it; `nil` if its head was refused.
    var request: HTTPRequest? {
        guard let head else { return nil }
        var request = HTTPRequest(
            method: head.method, target: head.target, fields: head.fields, body: body, client: record.client,
            deadline: deadline, values: values)
        request.route = head.match.route?.pattern
        return request
    }
}
