import Domain

extension RunFailure {
    /// The engine said something that its protocol does not have.
    static func unexpectedAnswer(_ what: String) -> RunFailure {
        RunFailure(
            code: "UNEXPECTED_ANSWER", fault: .engine,
            message: "The engine's answer is not what its protocol says: \(what). "
                + "Check that the connection leads to such an engine.", isRetryable: false)
    }
}
