import Testing

@testable import HTTPClient

@Suite("Addresses")
struct AddressTests {
    static let addresses: [(bytes: [UInt8], isAllowed: Bool)] = [
        ([127, 0, 0, 1], true), ([10, 0, 0, 1], true), ([169, 253, 255, 255], true), ([169, 255, 0, 0], true),
        ([169, 254, 169, 254], false), ([169, 254, 0, 1], false), ([100, 100, 100, 200], false),
        ([192, 0, 0, 192], false), ([0xfe, 0x80] + [UInt8](repeating: 0, count: 14), false),
        ([0xfe, 0xbf] + [UInt8](repeating: 1, count: 14), false),
        ([0xfe, 0xc0] + [UInt8](repeating: 1, count: 14), true),
        ([UInt8](repeating: 0, count: 15) + [1], true),
        ([UInt8](repeating: 0, count: 10) + [0xff, 0xff, 169, 254, 169, 254], false),
        ([UInt8](repeating: 0, count: 12) + [169, 254, 169, 254], false),
        ([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 169, 254, 169, 254], false),
        ([UInt8](repeating: 0, count: 10) + [0xff, 0xff, 127, 0, 0, 1], true),
        ([0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54], false),
    ]

    @Test("that belong to the host and the cloud below it are refused", arguments: addresses)
    func policy(bytes: [UInt8], isAllowed: Bool) {
        #expect(AddressPolicy.refusingLinkLocal.allows(bytes) == isAllowed)
        #expect(AddressPolicy.any.allows(bytes))
    }

    @Test(
        "have the same origin when scheme, host and port are the same",
        arguments: [
            ("http://Host/a", "http://host:80/b?c", true), ("https://host", "https://host:443/", true),
            ("http://host", "https://host", false), ("http://host:8080", "http://host", false),
            ("http://host", "http://host.evil", false), ("http://[::1]:8080/", "http://[::1]:8080/x", true),
        ])
    func origins(left: String, right: String, areSame: Bool) throws {
        #expect((try Origin(of: left) == Origin(of: right)) == areSame)
    }

    @Test("are not taken from URLs with a user, which look like another host")
    func userInURL() {
        #expect(throws: ClientError.self) { try Origin(of: "http://trino.example@evil.example/") }
    }
}

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("leaves what RFC 3986 reserves nothing for, and encodes the rest as UTF-8")
    func segments() {
        #expect(PercentEncoding.encode("AZaz09-._~") == "AZaz09-._~")
        #expect(PercentEncoding.encode("a/b?c#d e%f+é") == "a%2Fb%3Fc%23d%20e%25f%2B%C3%A9")
        #expect(PercentEncoding.encodeForm("a b+c") == "a+b%2Bc")
    }

    @Test("builds URLs from a base, segments and a query")
    func urls() throws {
        #expect(
            try PercentEncoding.url("http://h:1/v1/", path: ["a b", "c/d"], query: [("q", "x&y"), ("empty", "")])
                == "http://h:1/v1/a%20b/c%2Fd?q=x%26y&empty=")
        #expect(try PercentEncoding.url("http://h") == "http://h")
        for segment in ["", ".", ".."] {
            #expect(throws: ClientError.self) { try PercentEncoding.url("http://h", path: [segment]) }
        }
    }
}
