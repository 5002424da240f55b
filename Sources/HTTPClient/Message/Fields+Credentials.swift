import FoundationEssentials

extension Client.Fields {
    /// Signs in with a name and a password (RFC 7617).
    package mutating func setBasicAuthorization(user: String, password: String) {
        self["Authorization"] = "Basic " + Data((user + ":" + password).utf8).base64EncodedString()
    }

    /// Signs in with a token (RFC 6750).
    package mutating func setBearerAuthorization(token: String) {
        self["Authorization"] = "Bearer " + token
    }
}
