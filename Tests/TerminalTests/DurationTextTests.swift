import Terminal
import Testing

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("0s", .zero), ("250ms", .milliseconds(250)), ("30s", .seconds(30)), ("1h30m", .seconds(5_400)),
            ("2d1ms", .milliseconds(172_800_001)), ("1m1s1ms", .milliseconds(61_001)),
        ] as [(String, Duration)])
    func `a length of time is read as it is written`(text: String, duration: Duration) {
        #expect(Duration(shortText: text) == duration)
        #expect(duration.shortText == text)
    }

    @Test(arguments: [
        "", "s", "5", "-5s", "5 s", "1m1h", "5s5s", "1.5h", "5min", "٥s", "99999999999999999999s", "9999999999999999d",
    ])
    func `what is no length of time is not read`(text: String) {
        #expect(Duration(shortText: text) == nil)
    }
}
