import CCurl

extension EasyHandle {
    /// Has libcurl report to `transfer`, which must outlive the time that the driver has the handle.
    func report(to transfer: Transfer) throws(ClientError) {
        var callbacks = curl_shim_callbacks(
            context: Unmanaged.passUnretained(transfer).toOpaque(),
            head: { bytes, size, count, context in
                Transfer.from(context)?.take(bytes, size * count) { $0.take(headLine: $1) } ?? 0
            },
            body: { bytes, size, count, context in
                Transfer.from(context)?.take(bytes, size * count) { $0.take(body: $1) } ?? 0
            },
            open: { context, _, address in
                Transfer.from(context)?.openSocket(to: address) ?? CURL_SOCKET_BAD
            },
            before: { context, _, _, _, _ in
                Transfer.from(context)?.update { $0.beginSending() } == true
                    ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            })
        try check(curl_shim_set_callbacks(pointer, &callbacks))
    }
}

extension Transfer {
    fileprivate static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// - Returns: What libcurl expects of its functions that take bytes: their number, or that they are not taken.
    fileprivate func take(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int,
        _ give: (inout Exchange, UnsafeBufferPointer<UInt8>) -> Exchange.Verdict
    ) -> Int {
        let raw = UnsafeRawBufferPointer(start: bytes, count: count)
        let verdict = raw.withMemoryRebound(to: UInt8.self) { bytes in update { give(&$0, bytes) } }
        return switch verdict {
        case .taken: count
        case .pause: Int(CURL_WRITEFUNC_PAUSE)
        // Any other number ends the transfer; a header line or a piece of body is never empty.
        case .stop: 0
        }
    }

    fileprivate func openSocket(to address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address else { return CURL_SOCKET_BAD }
        let bytes = [UInt8](unsafeUninitializedCapacity: 16) { bytes, count in
            count = curl_shim_ip(address, bytes.baseAddress)
        }
        guard !bytes.isEmpty, addressPolicy.allows(bytes) else {
            update { $0.refuseAddress() }
            return CURL_SOCKET_BAD
        }
        return curl_shim_open(address)
    }
}
