package import FoundationEssentials

extension Date {
    /// The nearest whole millisecond: what payloads keep of a time. Events hold only such times, so that they come back
    /// from their stored form as they were.
    package var wholeMilliseconds: Date {
        Date(timeIntervalSince1970: (timeIntervalSince1970 * 1_000).rounded() / 1_000)
    }
}
