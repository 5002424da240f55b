import Cryptography

/// Goes along the bytes of lines, and takes what the format prescribes.
struct LineScanner {
    let bytes: [UInt8]
    private(set) var position = 0

    /// - Parameter bytes: Whole lines, each with its line feed.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// The bytes up to the line feed, which is passed as well.
    mutating func restOfLine() -> [UInt8] {
        let end = bytes[position...].firstIndex(of: 10) ?? bytes.endIndex
        defer { position = end + 1 }
        return Array(bytes[position..<end])
    }

    mutating func expect(_ text: StaticString) throws(MalformedLine) {
        let found = position + text.utf8CodeUnitCount <= bytes.count && text.utf8Matches(bytes, position)
        guard found else { throw MalformedLine(reason: "“\(text)” is expected at byte \(position) of this piece") }
        position += text.utf8CodeUnitCount
    }

    /// A whole number as Postgres writes it, which is how it is hashed.
    mutating func number() throws(MalformedLine) -> Int64 {
        let start = position
        let isNegative = position < bytes.count && bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var value: Int64 = 0
        let firstDigit = position
        while position < bytes.count, case 48...57 = bytes[position] {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowed) = tens.addingReportingOverflow(Int64(bytes[position] - 48))
            guard !overflow, !overflowed else { throw MalformedLine(reason: "a number is too large") }
            value = sum
            position += 1
        }
        guard position > firstDigit, position == firstDigit + 1 || bytes[firstDigit] != 48,
            !(isNegative && value == 0)
        else { throw MalformedLine(reason: "a number is expected at byte \(start) of this piece") }
        return isNegative ? -value : value
    }

    /// A number; appends its digits as they stand, and a line feed.
    mutating func number(into text: inout [UInt8]) throws(MalformedLine) -> Int64 {
        let start = position
        let value = try number()
        text.append(contentsOf: bytes[start..<position])
        text.append(10)
        return value
    }

    mutating func digests() throws(MalformedLine) -> [SHA256Digest] {
        try expect("\"")
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") { position += 1 }
        guard let digests = SHA256Digest.digests(hexadecimal: bytes, start..<position) else {
            throw MalformedLine(reason: "hashes in hexadecimal are expected at byte \(start) of this piece")
        }
        try expect("\"")
        return digests
    }

    /// A JSON string; appends the text that it stands for.
    mutating func string(into text: inout [UInt8]) throws(MalformedLine) {
        try expect("\"")
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "\\"): text.append(try escaped())
            case 0..<32: throw MalformedLine(reason: "a control character stands in a text")
            default: text.append(byte)
            }
        }
        throw MalformedLine(reason: "a text has no end")
    }

    /// What stands after a backslash. Only what must be escaped is.
    private mutating func escaped() throws(MalformedLine) -> UInt8 {
        guard position < bytes.count else { throw MalformedLine(reason: "a text has no end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return byte
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "u"):
            guard position + 4 <= bytes.count, bytes[position] == 48, bytes[position + 1] == 48,
                let value = UInt8(String(decoding: bytes[(position + 2)..<(position + 4)], as: UTF8.self), radix: 16),
                value < 32
            else { throw MalformedLine(reason: "an escape is not of this format") }
            position += 4
            return value
        default: throw MalformedLine(reason: "an escape is not of this format")
        }
    }
}

extension StaticString {
    fileprivate func utf8Matches(_ bytes: [UInt8], _ position: Int) -> Bool {
        withUTF8Buffer { text in
            for index in 0..<text.count where text[index] != bytes[position + index] { return false }
            return true
        }
    }
}

/// Why a line is none of a bundle.
struct MalformedLine: Error {
    let reason: String
}
