/// How a server is reached and how a session is set up.
///
/// A server whose host vanishes without a word is given up after a minute (`lossDetection`), unless the connection string
/// or the keywords say otherwise.
package struct PostgresConfiguration: Sendable {
    /// libpq's keywords for noticing that the other side is gone. An idle connection is probed after 30 s, and every 10 s
    /// then, three times. It is lost when nothing was acknowledged for 60,000 ms, and also when the server takes in nothing
    /// for that long, as in a COPY whose rows wait for locks.
    private static let lossDetection = [
        ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "60000"),
    ]

    /// libpq's connection string or URI (PostgreSQL documentation, “Connection Strings”); holds the password.
    package var uri: String
    /// Further libpq keywords, such as `sslmode`; they take precedence over the URI's.
    package var keywords: [String: String]
    /// How long connecting may take.
    package var connectTimeout: Duration
    /// Which addresses may be spoken to, as 4 or 16 bytes in network order, whatever name led there; sockets of this machine
    /// then may not. Nil when there is no such rule.
    package var allowsAddress: (@Sendable ([UInt8]) -> Bool)?
    /// Run-time settings of each session, such as `statement_timeout`; set when it begins.
    package var settings: [String: String]
    /// How many statements a connection keeps prepared.
    package var preparedStatements: Int

    package init(
        uri: String, keywords: [String: String] = [:], connectTimeout: Duration = .seconds(10),
        allowsAddress: (@Sendable ([UInt8]) -> Bool)? = nil, settings: [String: String] = [:],
        preparedStatements: Int = 100
    ) {
        self.uri = uri
        self.keywords = keywords
        self.connectTimeout = connectTimeout
        self.allowsAddress = allowsAddress
        self.settings = settings
        self.preparedStatements = preparedStatements
    }

    /// The keywords for libpq, in an order in which later ones win.
    var connectionParameters: [(String, String)] {
        var parameters = Self.lossDetection
        if !uri.isEmpty { parameters.append(("dbname", uri)) }
        parameters += keywords.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        parameters.append(("client_encoding", "UTF8"))
        if !settings.isEmpty {
            let options = settings.sorted { $0.key < $1.key }.map { "-c \($0.key)=\($0.value.escapedOption)" }
            parameters.append(("options", options.joined(separator: " ")))
        }
        return parameters
    }
}

extension String {
    /// White space and backslashes in libpq's `options` are escaped.
    fileprivate var escapedOption: String {
        let scalars = unicodeScalars.flatMap { $0.properties.isWhitespace || $0 == "\\" ? ["\\", $0] : [$0] }
        return String(String.UnicodeScalarView(scalars))
    }
}
