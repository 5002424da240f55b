import Domain

extension RunFailure {
    static func settings(_ message: String) -> RunFailure {
        RunFailure(code: "CONNECTION_INVALID", fault: .user, message: message, isRetryable: false)
    }

    /// Why a statement could not be registered; nothing of it ran.
    init(registering fault: TrinoWire.Fault) {
        switch fault {
        case .unreachable(let why):
            self.init(
                code: "ENGINE_UNREACHABLE", fault: .infrastructure,
                message: "Trino could not be reached: \(why). Check the connection's url, and that Trino is up.",
                isRetryable: true)
        case .status(401, let why):
            self.init(
                code: "SIGN_IN_REFUSED", fault: .user,
                message: "Trino refused the sign-in: \(why). Check the connection's user and password.",
                isRetryable: false)
        case .status(403, let why):
            self.init(
                code: "ACCESS_DENIED", fault: .user,
                message: "Trino denied access: \(why). Check the rights of the connection's user.", isRetryable: false)
        case .status(let status, let why):
            self.init(
                code: "HTTP_\(status)", fault: .engine, message: "Trino answered with status \(status): \(why)",
                isRetryable: false)
        case .tooLarge, .notTrino: self = .unexpectedAnswer(fault.reason)
        }
    }
}

extension TrinoWire.Fault {
    /// For people.
    var reason: String {
        switch self {
        case .unreachable(let why), .notTrino(let why): why
        case .status(let status, let why): why.isEmpty ? "status \(status)" : "status \(status): \(why)"
        case .tooLarge(let limit): "an answer of more than \(limit) bytes"
        }
    }
}
