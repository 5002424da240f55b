import Glibc

extension Log {
    /// A time for people and programs: RFC 3339 in UTC, with milliseconds.
    package struct Timestamp: Sendable, CustomStringConvertible {
        private let seconds: Int
        private let nanoseconds: Int

        package init(seconds: Int, nanoseconds: Int) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        package static var now: Timestamp {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
        }

        package var description: String {
            var parts = tm()
            var time = seconds
            gmtime_r(&time, &parts)
            func padded(_ value: some BinaryInteger, _ width: Int) -> String {
                let digits = String(value)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            let day = "\(padded(parts.tm_year + 1_900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
            let clock = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
            return "\(day)T\(clock).\(padded(nanoseconds / 1_000_000, 3))Z"
        }
    }
}
