extension String {
    /// As an identifier in SQL, whatever it holds.
    package var quotedIdentifier: String { quoted(by: "\"") }

    /// Between quotes, of which those within are doubled. Scalar by scalar, as Postgres reads it: to Swift, a quote with a
    /// combining mark is one `Character`, and not a quote.
    package func quoted(by quote: Unicode.Scalar) -> String {
        let scalars = unicodeScalars.flatMap { $0 == quote ? [quote, quote] : [$0] }
        return String(String.UnicodeScalarView([quote] + scalars + [quote]))
    }
}
