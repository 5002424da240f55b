import CMicroHTTPD
import Glibc

/// Reads a request's head from the library's memory, and checks how it was written.
///
/// The library reads leniently and then shows only the result. But it parses in place: the head still lies in one piece
/// from the method to the blank line, with NULs where it cut. From where each name and value lies follows what lay
/// between them: a proper line ends in exactly two NULs (CR and LF) and the next name begins right behind. A bare LF, a
/// folded line (its name was moved elsewhere), a NUL in a target or value, and bytes behind a line that began with a NUL
/// all break that chain. This layout is that of libmicrohttpd 0.9.75; a library with another one has every request
/// refused, rather than let through unchecked, and the tests say so at once.
///
/// What can't be seen: empty lines (and lines that begin with a NUL) before the request line, and bare LFs between
/// chunks and in trailers. Trailers are never read.
struct HeadReader {
    private(set) var fields = HTTPFields()
    private(set) var rules = HeadRules()
    /// Where the next line must begin.
    private var cursor: UnsafePointer<CChar>
    private let end: UnsafePointer<CChar>
    private var isIntact: Bool

    /// - Parameters:
    ///   - method, version: as the library passes them: pointers into the head.
    ///   - target: where the library had shown the target, and how long it was.
    init(
        _ connection: OpaquePointer, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>,
        target: (start: UnsafePointer<CChar>, count: Int)
    ) {
        end = method + mhd_shim_header_size(connection)
        // "HTTP/1.1" has eight bytes, and two NULs behind it.
        cursor = version + 10
        isIntact =
            target.start == method + strlen(method) + 1 && version == target.start + target.count + 1 && cursor < end
            && version[8] == 0 && version[9] == 0
        if !FieldSyntax.isName(UnsafeRawBufferPointer(start: method, count: strlen(method))) { isIntact = false }
        withUnsafeMutablePointer(to: &self) { reader in
            _ = MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { reader, _, name, nameSize, value, valueSize in
                    guard let reader, let name else { return .NO }
                    reader.assumingMemoryBound(to: HeadReader.self).pointee.take(
                        UnsafeBufferPointer(start: name, count: nameSize),
                        UnsafeBufferPointer(start: value, count: value == nil ? 0 : valueSize))
                    return .YES
                }, reader)
        }
        if !isIntact || cursor + 2 != end || cursor[0] != 0 || cursor[1] != 0 {
            rules.note(fault: "the head has a bare line feed, a folded line or a NUL")
        }
    }

    private mutating func take(_ name: UnsafeBufferPointer<CChar>, _ value: UnsafeBufferPointer<CChar>) {
        checkLayout(name, value)
        let nameBytes = UnsafeRawBufferPointer(name)
        var valueBytes = UnsafeRawBufferPointer(value)[...]
        if !FieldSyntax.isName(nameBytes) { rules.note(fault: "a field's name is no token") }
        if !FieldSyntax.isValue(valueBytes) { rules.note(fault: "a field's value holds a control character") }
        // The library strips the white space before a value, not that behind it.
        while let last = valueBytes.last, last == 0x20 || last == 0x09 { valueBytes.removeLast() }
        let field = HTTPFields.Field(
            name: HTTPFields.Name(String(decoding: nameBytes, as: UTF8.self)),
            value: String(decoding: valueBytes, as: UTF8.self))
        if field.name == .transferEncoding, valueBytes.count < value.count {
            rules.note(fault: "the library does not know a transfer coding with white space behind it")
        }
        rules.note(field)
        fields.append(field)
    }

    private mutating func checkLayout(_ name: UnsafeBufferPointer<CChar>, _ value: UnsafeBufferPointer<CChar>) {
        guard isIntact, let start = name.baseAddress, let valueStart = value.baseAddress, start == cursor,
            valueStart > start + name.count, valueStart + value.count + 2 < end
        else { return isIntact = false }
        // Behind the colon, now a NUL, only white space.
        for gap in UnsafeBufferPointer(start: start + name.count + 1, count: valueStart - start - name.count - 1)
        where gap != 0x20 && gap != 0x09 {
            return isIntact = false
        }
        let lineEnd = valueStart + value.count
        if lineEnd[0] != 0 || lineEnd[1] != 0 { isIntact = false }
        cursor = lineEnd + 2
    }
}
