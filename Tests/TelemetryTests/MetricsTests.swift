import Telemetry
import Testing

@Suite struct MetricsTests {
    @Test func `metrics are told in Prometheus' text format`() {
        let metrics = Metrics()
        let appended = metrics.counter("weir_events_total", "Events appended.")
        let requests = metrics.counters(
            "weir_requests_total", "Requests, by \\ route\nand status.", labels: ["route", "status"])
        let lag = metrics.gauge("weir_lag_events", "How far behind.")
        let answer = metrics.histogram("weir_answer_seconds", "Time to answer.", bounds: [0.1, 0.5])
        metrics.reading("weir_pool_free", "Free connections.") { 7 }
        appended.increment()
        appended.increment(by: 41)
        requests["/runs", "200"].increment()
        requests["/a\"b\\c\nd", "404"].increment(by: 2)
        lag.set(2.5)
        lag.add(-1)
        for value in [0.1, 0.2, 0.6, 7] { answer.observe(value) }
        answer.observe(.milliseconds(50))
        #expect(
            metrics.text == #"""
                # HELP weir_events_total Events appended.
                # TYPE weir_events_total counter
                weir_events_total 42
                # HELP weir_requests_total Requests, by \\ route\nand status.
                # TYPE weir_requests_total counter
                weir_requests_total{route="/a\"b\\c\nd",status="404"} 2
                weir_requests_total{route="/runs",status="200"} 1
                # HELP weir_lag_events How far behind.
                # TYPE weir_lag_events gauge
                weir_lag_events 1.5
                # HELP weir_answer_seconds Time to answer.
                # TYPE weir_answer_seconds histogram
                weir_answer_seconds_bucket{le="0.1"} 2
                weir_answer_seconds_bucket{le="0.5"} 3
                weir_answer_seconds_bucket{le="+Inf"} 5
                weir_answer_seconds_sum 7.95
                weir_answer_seconds_count 5
                # HELP weir_pool_free Free connections.
                # TYPE weir_pool_free gauge
                weir_pool_free 7

                """#)
    }

    @Test func `labels beyond the limit share one series`() {
        let metrics = Metrics()
        let jobs = metrics.counters("jobs_total", "Jobs.", labels: ["job"], limit: 2)
        for job in ["a", "b", "c", "d", "a"] { jobs[job].increment() }
        let lines = metrics.text.split(separator: "\n").dropFirst(2)
        #expect(lines == [#"jobs_total{job="a"} 2"#, #"jobs_total{job="b"} 1"#, #"jobs_total{job="other"} 2"#])
    }

    @Test func `counting from many tasks loses nothing`() async {
        let metrics = Metrics()
        let counters = metrics.counters("n_total", "N.", labels: ["task"])
        let sum = metrics.gauge("sum", "Sum.")
        let spread = metrics.histogram("spread", "Spread.", bounds: [1])
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counters["\(task % 2)"].increment()
                        sum.add(1)
                        spread.observe(Double(task))
                    }
                }
            }
        }
        #expect([counters["0"].value, counters["1"].value] == [4_000, 4_000])
        #expect(sum.value == 8_000)
        #expect(metrics.text.contains("spread_bucket{le=\"1\"} 2000\nspread_bucket{le=\"+Inf\"} 8000\n"))
    }

    @Test(arguments: [(Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e18, "1e+18"), (-0.5, "-0.5")])
    func `numbers of all kinds can be told`(value: Double, text: String) {
        let metrics = Metrics()
        metrics.gauge("g", "G.").set(value)
        #expect(metrics.text.hasSuffix("\ng \(text)\n"))
    }

    @Test func `a process tells of its memory, time and files`() throws {
        let metrics = Metrics()
        metrics.addProcess()
        func value(_ name: String) throws -> Double {
            let line = try #require(metrics.text.split(separator: "\n").first { $0.hasPrefix("\(name) ") })
            return try #require(Double(line.dropFirst(name.count + 1)))
        }
        #expect(try value("process_resident_memory_bytes") > 1_000_000)
        #expect(try value("process_cpu_seconds_total") > 0)
        #expect(try value("process_open_fds") >= 3)
        #expect(try value("process_start_time_seconds") > 1_700_000_000)
    }
}
