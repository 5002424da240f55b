/// How a server is reached and how a session is set up.
package struct PostgresConfiguration: Sendable {
    /// libpq's connection string or URI (PostgreSQL documentation, “Connection Strings”); holds the password.
    package var uri: String
    /// Further libpq keywords, such as `sslmode`; they take precedence over the URI's.
    package var keywords: [String: String]
    /// How long connecting may take.
    package var connectTimeout: Duration
    /// Run-time settings of each session, such as `statement_timeout`; set when it begins.
    package var settings: [String: String]
    /// How many statements a connection keeps prepared.
    package var preparedStatements: Int

    package init(
        uri: String, keywords: [String: String] = [:], connectTimeout: Duration = .seconds(10),
        settings: [String: String] = [:], preparedStatements: Int = 100
    ) {
        self.uri = uri
        self.keywords = keywords
        self.connectTimeout = connectTimeout
        self.settings = settings
        self.preparedStatements = preparedStatements
    }

    /// The keywords for libpq, in an order in which later ones win.
    var connectionParameters: [(String, String)] {
        var parameters = uri.isEmpty ? [] : [("dbname", uri)]
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
        reduce(into: "") { text, character in
            if character.isWhitespace || character == "\\" { text.append("\\") }
            text.append(character)
        }
    }
}
