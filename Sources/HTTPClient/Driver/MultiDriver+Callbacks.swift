import CCurl

extension MultiDriver {
    /// Bounds the multi handle and has it report to `context`, which is the driver and lives longer than the handle.
    func report(to context: UnsafeMutableRawPointer) {
        set(CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.connectionLimit)
        set(CURLMOPT_MAX_HOST_CONNECTIONS, configuration.connectionsPerHost)
        set(CURLMOPT_MAXCONNECTS, configuration.idleConnectionLimit)
        let code = curl_shim_multi_set_callbacks(
            multi, context,
            { _, socket, what, context, _ in
                MultiDriver.from(context)?.watch(socket, for: what)
                return 0
            },
            { _, milliseconds, context in
                MultiDriver.from(context)?.wake(after: milliseconds)
                return 0
            })
        precondition(code == CURLM_OK, "libcurl refused its callbacks")
    }

    private func set(_ option: CURLMoption, _ value: Int) {
        let code = curl_shim_multi_set_long(multi, option, value)
        precondition(code == CURLM_OK, "libcurl refused a limit")
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> MultiDriver? {
        context.map { Unmanaged<MultiDriver>.fromOpaque($0).takeUnretainedValue() }
    }
}

/// libcurl's start-up for the whole process, once.
enum LibraryStart {
    static let result: Result<Void, ClientError> = {
        let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        return code == CURLE_OK ? .success(()) : .failure(.invalidRequest(String(cString: curl_easy_strerror(code))))
    }()
}
