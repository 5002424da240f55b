/// Why a connection did not come about, as libpq tells it in its verbose form: the only place where it names the SQLSTATE
/// by which the server refused the session (`… failed: FATAL:  53300: sorry, too many clients already`).
struct ConnectFailure {
    /// Without what the verbose form adds.
    let message: String
    /// The last server's that answered, where several were tried; nil when none did.
    let sqlState: String?

    /// - Parameter text: libpq's message, in one or several lines.
    init(verbose text: String) {
        var lines: [Substring] = []
        var sqlState: String?
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("LOCATION:  ") {
            // The severity may be translated. What follows the first code is the server's text, which may look alike.
            guard let code = line.firstMatch(of: /:  ([0-9A-Z]{5}):\s/) else {
                lines.append(line)
                continue
            }
            sqlState = String(code.1)
            lines.append(line.replacing(code.0, with: ":  ", maxReplacements: 1))
        }
        message = lines.joined(separator: "; ")
        self.sqlState = sqlState
    }
}
