/// Reads the head of an answer line by line (RFC 9112), and passes over the interim ones (1xx).
struct HeadParser {
    /// Bytes of one head, and how many fields.
    static let byteLimit = 64 << 10
    static let fieldLimit = 256

    enum Fault: String, Error {
        case tooLong = "the head of the answer is too long"
        case noStatus = "the answer has no status"
        case badField = "a header field is malformed"
    }

    /// Set when the final head is complete.
    private(set) var head: Client.Head?
    private var status: Int?
    private var fields = Client.Fields()
    private var byteCount = 0

    /// Takes one line with its line end. What comes after the final head (trailers) is ignored.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>) -> Fault? {
        guard head == nil else { return nil }
        byteCount += line.count
        guard byteCount <= Self.byteLimit, fields.all.count < Self.fieldLimit else { return .tooLong }
        var content = line[...]
        while let last = content.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { content.removeLast() }
        if content.isEmpty { return endHead() }
        if content.starts(with: "HTTP/".utf8) { return takeStatus(content) }
        return takeField(content)
    }

    private mutating func takeStatus(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Fault? {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count >= 2, words[1].count == 3, let status = Int(String(decoding: words[1], as: UTF8.self)) else {
            return .noStatus
        }
        self.status = status
        fields = Client.Fields()
        return nil
    }

    private mutating func takeField(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Fault? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            let first = line.first, first != UInt8(ascii: " "), first != UInt8(ascii: "\t")
        else { return .badField }
        fields.add(
            String(decoding: line[..<colon], as: UTF8.self),
            String(decoding: Self.trimmed(line[line.index(after: colon)...]), as: UTF8.self))
        return nil
    }

    private mutating func endHead() -> Fault? {
        guard let status else { return .noStatus }
        if status < 200 {
            self.status = nil
        } else {
            head = Client.Head(status: status, fields: fields)
        }
        return nil
    }

    private static func trimmed(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var value = value.drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        return value
    }
}
