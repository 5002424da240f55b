/// What pages load. It is part of the program: there are no files beside it.
package struct Asset: Sendable {
    package let path: HTML
    package let type: String
    package let content: [UInt8]
    /// Names the content: clients ask with it whether they still have the newest.
    package let etag: String

    private init(path: HTML, type: String, content: String) {
        self.path = path
        self.type = type
        self.content = Array(content.utf8)
        etag = "\"\(String(Self.digest(self.content), radix: 36))\""
    }

    package static let stylesheet = Asset(
        path: "/assets/weir.css", type: "text/css; charset=utf-8", content: Stylesheet.text)
    package static let script = Asset(
        path: "/assets/weir.js", type: "text/javascript; charset=utf-8", content: Script.text)
    package static let icon = Asset(path: "/assets/weir.svg", type: "image/svg+xml", content: Icon.text)

    package static let all = [stylesheet, script, icon]

    /// FNV-1a: tells versions of our own files apart; nothing rests on its strength.
    private static func digest(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
