extension ConnectionSettings {
    /// - Parameter hasPassword: Whether a password comes with them.
    /// - Throws: Which setting is wrong and how to mend it.
    func check(hasPassword: Bool) throws(DomainRejection) {
        switch self {
        case .trino(let trino): try trino.check(hasPassword: hasPassword)
        case .postgres(let postgres): try postgres.check()
        }
    }
}

/// The longest text of one setting, in UTF-8 bytes.
private let maximumSetting = 500

private func requireText(_ text: String, _ field: String) throws(DomainRejection) {
    let isPlain = !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    try DomainRejection.require(
        !text.isEmpty && text.utf8.count <= maximumSetting && isPlain, code: "setting-invalid",
        field: "/settings/\(field)",
        "\(field) must be 1 to \(maximumSetting) bytes of text without control characters")
}

extension TrinoSettings {
    func check(hasPassword: Bool) throws(DomainRejection) {
        try requireText(url, "url")
        try requireText(user, "user")
        if let catalog { try requireText(catalog, "catalog") }
        if let schema { try requireText(schema, "schema") }
        let isPlain = url.hasPrefix("http://")
        let rest = isPlain ? url.dropFirst(7) : url.hasPrefix("https://") ? url.dropFirst(8) : ""
        try DomainRejection.require(
            !rest.isEmpty && rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#@\\".utf8.contains($0) },
            code: "url-invalid",
            field: "/settings/url",
            "url must be scheme, host and port only, such as https://trino.example:8443")
        try DomainRejection.require(
            catalog != nil || schema == nil, code: "schema-without-catalog", field: "/settings/schema",
            "schema needs a catalog; give catalog too")
        try DomainRejection.require(
            !(isPlain && hasPassword), code: "password-over-http", field: "/settings/url",
            "Trino takes a password only over https; use an https url or leave the password out")
    }
}

extension PostgresSettings {
    func check() throws(DomainRejection) {
        try requireText(host, "host")
        // libpq takes paths and lists as well: a path is a socket of the server's machine, where it may be known by name.
        try DomainRejection.require(
            host.unicodeScalars.allSatisfy { !"/@,".unicodeScalars.contains($0) && !$0.properties.isWhitespace },
            code: "host-invalid", field: "/settings/host",
            "host must be the name or IP address of one server, such as db.example; sockets and lists are not taken")
        try requireText(database, "database")
        try requireText(user, "user")
        try DomainRejection.require(
            (1...65_535).contains(port), code: "port-invalid", field: "/settings/port", "port must be 1 to 65535")
    }
}
