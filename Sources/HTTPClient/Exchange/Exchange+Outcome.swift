extension Exchange {
    /// What an end that libcurl reports means to the caller.
    func outcome(_ failure: TransportFailure?) -> Result<Void, ClientError> {
        if let stop { return .failure(error(for: stop)) }
        guard let failure else {
            return head == nil ? .failure(failed(.malformedResponse, "no head")) : .success(())
        }
        switch failure.kind {
        case .connectionFailed where wasAddressRefused && !mayHaveBeenSent:
            return .failure(failed(.addressRefused, failure.detail))
        case .deadlinePassed where isStreaming && head != nil:
            return .failure(failed(.silent, failure.detail))
        case .nameNotResolved, .connectionFailed, .tlsFailed, .addressRefused, .deadlinePassed, .silent,
            .connectionLost,
            .malformedResponse, .tooManyExchanges, .clientShutDown, .other:
            return .failure(failed(failure.kind, failure.detail))
        }
    }

    func error(for stop: Stop) -> ClientError {
        switch stop {
        case .cancelled: .cancelled(mayHaveBeenSent: mayHaveBeenSent)
        case .headDeadlinePassed: failed(.deadlinePassed, "no answer began")
        case .clientShutDown: failed(.clientShutDown, "")
        case .tooManyExchanges: failed(.tooManyExchanges, "")
        case .responseTooLarge(let limit): .responseTooLarge(limit: limit)
        case .malformedHead(let fault): failed(.malformedResponse, fault.rawValue)
        case .replayRefused: failed(.connectionLost, "the kept connection closed before an answer came")
        }
    }

    /// The one place that tells what was sent from what was not.
    private func failed(_ kind: TransportFailure.Kind, _ detail: String) -> ClientError {
        let failure = TransportFailure(kind: kind, detail: detail)
        return mayHaveBeenSent ? .outcomeUnknown(failure) : .notSent(failure)
    }

    private var isStreaming: Bool {
        switch delivery {
        case .streamed: true
        case .whole: false
        }
    }
}
