import Glibc

extension Metrics {
    /// What Prometheus' clients tell of every process: processor time, memory, open files and start.
    package func addProcess() {
        reading("process_cpu_seconds_total", "Processor time spent, in seconds.", kind: .counter) {
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_utime.seconds + usage.ru_stime.seconds
        }
        reading("process_resident_memory_bytes", "Memory in use, in bytes.") {
            // The second field of statm counts pages (proc(5)).
            let fields = Self.file("/proc/self/statm").split(separator: " ")
            guard fields.count > 1, let pages = Double(fields[1]) else { return .nan }
            return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
        }
        reading("process_open_fds", "Open file descriptors.") {
            guard let folder = opendir("/proc/self/fd") else { return .nan }
            defer { closedir(folder) }
            var count = 0
            while readdir(folder) != nil { count += 1 }
            // Without `.`, `..` and the folder itself.
            return Double(count - 3)
        }
        let start = Self.now
        reading("process_start_time_seconds", "When the process started, in seconds since 1970.") { start }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The first bytes of a small file; empty when it cannot be read.
    private static func file(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}
