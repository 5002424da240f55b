import CMicroHTTPD
import Glibc

/// What the library calls, on the thread of its daemon. The context is the server's core, which outlives the daemon.
enum DaemonCallbacks {
    /// The request line was read. The exchange made here is retained once, and released by `completed`.
    static let target:
        @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
            context, target, connection in
            guard let core = core(context), let target, let connection,
                let record = mhd_shim_socket_context(connection)
            else { return nil }
            let exchange = Exchange(
                connection: ConnectionHandle(pointer: connection, loop: core.loop),
                record: Unmanaged<ConnectionRecord>.fromOpaque(record).takeUnretainedValue(),
                targetStart: target, targetCount: strlen(target), limit: core.configuration.requestDeadline)
            // The library would now take the query apart in place and keep a record for each parameter in the
            // connection's memory, and it hangs when that is full. An empty query it leaves alone; ours is copied.
            if let mark = strchr(target, CInt(UInt8(ascii: "?"))), mark[1] != 0 { mark[1] = 0 }
            exchange.record.begin(exchange)
            return Unmanaged.passRetained(exchange).toOpaque()
        }

    static let handle: MHD_AccessHandlerCallback = {
        context, connection, _, method, version, upload, uploadSize, slot in
        guard let core = core(context), let connection, let method, let version, let uploadSize,
            let opaque = slot?.pointee
        else { return .NO }
        let exchange = Unmanaged<Exchange>.fromOpaque(opaque).takeUnretainedValue()
        if !exchange.hasBegun { return core.begin(exchange, method: method, version: version) }
        if let upload {
            let piece = UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee)
            uploadSize.pointee = 0
            return core.receive(piece, of: exchange)
        }
        return core.proceed(exchange)
    }

    static let completed: MHD_RequestCompletedCallback = { context, _, slot, _ in
        guard let core = core(context), let slot, let opaque = slot.pointee else { return }
        slot.pointee = nil
        let exchange = Unmanaged<Exchange>.fromOpaque(opaque).takeRetainedValue()
        core.receivedBody(of: exchange)
        exchange.finish()
        exchange.record.finish(now: .now)
    }

    static let connected: MHD_NotifyConnectionCallback = { context, connection, slot, event in
        guard let core = core(context), let connection, let slot else { return }
        switch event {
        case .CONNECTION_NOTIFY_STARTED:
            let client = mhd_shim_client(connection).map(ClientAddress.init(_:))
            let record = ConnectionRecord(
                client: client ?? ClientAddress(host: "unknown", port: 0), socket: mhd_shim_socket(connection))
            slot.pointee = Unmanaged.passRetained(record).toOpaque()
            core.registry.insert(record)
        case .CONNECTION_NOTIFY_CLOSED:
            guard let opaque = slot.pointee else { return }
            slot.pointee = nil
            core.connectionClosed(Unmanaged<ConnectionRecord>.fromOpaque(opaque).takeRetainedValue())
        @unknown default:
            return
        }
    }

    /// Leaves everything escaped: the path is decoded here, strictly, and not by the library.
    static let unescape:
        @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?) -> Int = {
            _, _, text in text.map { strlen($0) } ?? 0
        }

    static let log: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void = { context, line in
        guard let core = core(context), let line else { return }
        core.notice(.library(String(cString: line)))
    }

    /// The core of the server that is called: its loop has something to do.
    private static func core(_ context: UnsafeMutableRawPointer?) -> ServerCore? {
        guard let context else { return nil }
        let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
        core.loop.noteProgress()
        return core
    }
}
