import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT, which ask for an end in good order. A second one ends the process at once.
final class TerminationSignals: Sendable {
    private let stream: AsyncStream<Void>
    private let sources: Mutex<[any DispatchSourceSignal]>

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.stream = stream
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                continuation.yield()
                signal(number, SIG_DFL)
            }
            source.resume()
            return source
        }
        self.sources = Mutex(sources)
    }

    /// Returns when one of them has come, or the task is cancelled.
    func wait() async {
        for await _ in stream { return }
    }

    deinit { sources.withLock { sources in sources.forEach { $0.cancel() } } }
}
