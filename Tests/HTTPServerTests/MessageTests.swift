import HTTPServer
import Testing

@Suite struct MessageTests {
    @Test func `a field is found without regard to case, set once and appended often`() {
        var fields: HTTPFields = ["Content-Type": "text/plain", "Vary": "Accept"]
        fields.append("vary", "Cookie")
        #expect(fields.values("VARY") == ["Accept", "Cookie"])
        fields[.contentType] = "text/html"
        #expect(fields["content-type"] == "text/html")
        #expect(fields.count == 3)
        fields[.vary] = nil
        #expect(fields.map(\.name.text) == ["Content-Type"])
        #expect(Set<HTTPFields.Name>(["ETag", "etag", "Etag"]).count == 1)
    }

    @Test func `a target is taken apart and decoded once`() throws {
        let target = try RequestTarget("/a%2Fb//c%20d/?x=1&y=a+b%2B&x=%C3%A4&z")
        #expect(target.segments == ["a/b", "", "c d", ""])
        #expect(target.path == "/a%2Fb//c%20d/")
        #expect(target.query.values("x") == ["1", "ä"])
        #expect(target.query["y"] == "a b+")
        #expect(target.query["z"] == "")
        #expect(target.query["w"] == nil)
        #expect(try RequestTarget("http://host:80?a=b").segments == [])
        #expect(try RequestTarget("HTTP://host/a").segments == ["a"])
    }

    @Test func `an event is encoded line by line, and cannot forge fields`() {
        #expect(ServerSentEvent(data: "").encoded == "data: \n\n")
        #expect(ServerSentEvent(data: "a\r\nb\rc\n").encoded == "data: a\ndata: b\ndata: c\ndata: \n\n")
        #expect(
            ServerSentEvent(id: "1\ndata: x", event: "e\r\n", data: "d", retry: .seconds(3)).encoded
                == "id: 1data: x\nevent: e\nretry: 3000\ndata: d\n\n")
    }
}
