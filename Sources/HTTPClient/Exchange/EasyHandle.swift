import CCurl

/// A libcurl easy handle with what it borrows: its list of header fields and the place for its error text.
///
/// Unchecked: whoever holds it uses it from one thread at a time (see `Transfer`).
final class EasyHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var fields: UnsafeMutablePointer<curl_slist>?

    init() throws(ClientError) {
        guard let pointer = curl_easy_init() else { throw .invalidRequest("no memory for a libcurl handle") }
        self.pointer = pointer
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        curl_shim_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(fields)
        errorText.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) throws(ClientError) {
        try check(curl_shim_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: String?) throws(ClientError) {
        try check(curl_shim_set_string(pointer, option, value))
    }

    func set(_ option: CURLoption, blob value: String) throws(ClientError) {
        var value = value
        try check(value.withUTF8 { curl_shim_set_blob(pointer, option, $0.baseAddress, $0.count) })
    }

    func set(_ option: CURLoption, milliseconds value: Duration) throws(ClientError) {
        try set(option, value.wholeMilliseconds)
    }

    func setBody(_ body: [UInt8]) throws(ClientError) {
        try check(curl_shim_set_size(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        try check(
            body.withUnsafeBytes { bytes in
                withUnsafeBytes(of: UInt8(0)) { nothing in
                    // Without a place for the body libcurl would read it from the standard input.
                    let place = bytes.baseAddress ?? nothing.baseAddress
                    return curl_shim_set_pointer(
                        pointer, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: place))
                }
            })
    }

    func addField(_ line: String) throws(ClientError) {
        guard let longer = curl_slist_append(fields, line) else { throw .invalidRequest("no memory for a field") }
        fields = longer
    }

    func useFields() throws(ClientError) {
        try check(curl_shim_set_list(pointer, CURLOPT_HTTPHEADER, fields))
    }

    func check(_ code: CURLcode) throws(ClientError) {
        guard code == CURLE_OK else { throw .invalidRequest(String(cString: curl_easy_strerror(code))) }
    }

    /// Nil where the transfer came to its proper end.
    func failure(_ code: CURLcode) -> TransportFailure? {
        guard let kind = TransportFailure.Kind(code) else { return nil }
        let detail = String(cString: errorText)
        return TransportFailure(
            kind: kind, detail: detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail)
    }
}

extension Duration {
    /// Rounded up, and at least one: zero would mean "no limit" to libcurl.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let rest = Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
        return max(1, Int(min(seconds, 1 << 31)) * 1000 + rest)
    }
}
