import Domain
import EventSourcing
import Foundation
import Testing

/// Times in payloads: RFC 3339 in UTC with milliseconds.
@Suite struct StoredTimeTests {
    private func roundTrip(_ time: Date) throws -> (text: String, time: Date) {
        let stored = try RunCodec.encode(.retryScheduled(RunRetryScheduled(at: time)))
        guard case .retryScheduled(let retry) = try RunCodec.decode(stored) else { throw CancellationError() }
        return (stored.payload, retry.at)
    }

    @Test func `every whole millisecond comes back as it went, and is written as itself`() throws {
        for step in 0..<2_000 {
            let milliseconds = 1_790_000_000_000 + step * 7_919
            let time = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
            let (text, back) = try roundTrip(time)
            #expect(back == time)
            #expect(text.contains(String(format: ".%03dZ", milliseconds % 1_000)), "\(milliseconds): \(text)")
        }
    }

    @Test func `what is finer than a millisecond is rounded once, and then stays`() throws {
        for step in 0..<2_000 {
            let time = Date(timeIntervalSince1970: 1_790_000_000 + Double(step) * 0.000_379)
            let event = RunRetryScheduled(at: time)
            #expect(abs(event.at.timeIntervalSince(time)) < 0.000_501)
            let (_, back) = try roundTrip(time)
            #expect(back == event.at)
            #expect(back.wholeMilliseconds == back)
        }
    }

    @Test func `times are written in UTC with milliseconds`() throws {
        let (text, _) = try roundTrip(Date(timeIntervalSince1970: 1_790_000_007.9))
        #expect(text == #"{"at":"2026-09-21T14:13:27.900Z"}"#)
        #expect(try roundTrip(Date(timeIntervalSince1970: 0)).text == #"{"at":"1970-01-01T00:00:00.000Z"}"#)
    }
}
