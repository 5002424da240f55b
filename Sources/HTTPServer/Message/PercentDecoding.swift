/// Decodes percent-escapes once and strictly (RFC 3986, section 2.1).
enum PercentDecoding {
    /// What is wrong with an encoded text.
    enum Fault: Error, Equatable {
        case brokenEscape
        case notUTF8
        case nul
    }

    /// The decoded text. The result is never decoded again: `%2541` is `%41`.
    ///
    /// - Parameter plusIsSpace: `+` stands for a space, as in a query that a form sent.
    static func decode(_ encoded: some Collection<UInt8>, plusIsSpace: Bool = false) throws(Fault) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var iterator = encoded.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexadecimal), let low = iterator.next().flatMap(hexadecimal)
                else { throw .brokenEscape }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(UInt8(ascii: " "))
            default:
                bytes.append(byte)
            }
        }
        if bytes.contains(0) { throw .nul }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
