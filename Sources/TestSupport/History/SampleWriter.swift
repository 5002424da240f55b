import Domain
import EventSourcing
import FoundationEssentials

/// Where a sample history takes its chance, its clock and its ids from: nothing outside the seed.
struct SampleWriter: Sendable {
    var random: SeededGenerator
    /// Names of one log's histories differ in it.
    let mark: String
    private let writer: Int
    private var milliseconds: UInt64
    private var count: UInt64 = 0

    init(seed: UInt64, writer: Int, begins: Date) {
        precondition((0..<4_096).contains(writer), "writers are numbered from 0 to 4,095")
        random = SeededGenerator(seed: seed &* 4_099 &+ UInt64(writer))
        self.writer = writer
        milliseconds = UInt64(begins.timeIntervalSince1970 * 1_000)
        mark = "\(seed).\(writer)"
    }

    /// The history's own clock, which moves with each id.
    var now: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }

    func metadata() -> EventMetadata {
        EventMetadata(actor: writer.isMultiple(of: 2) ? "user:ada" : "service:saga", correlation: mark)
    }

    /// A UUIDv7 of the history's clock, in which the writer's number stands: two writers never make the same.
    mutating func makeID<Subject>(_ subject: Identifier<Subject>.Type = Identifier<Subject>.self) -> Identifier<Subject>
    {
        count += 1
        milliseconds += UInt64.random(in: 1...20, using: &random)
        let digits =
            Self.hex(milliseconds, 12) + "7" + Self.hex(UInt64(writer), 3) + "8"
            + Self.hex(UInt64.random(in: 0..<1 << 28, using: &random), 7) + Self.hex(count, 8)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text += "-" }
            text.append(digit)
        }
        guard let id = Identifier<Subject>(text) else { preconditionFailure("\(text) is not a UUID") }
        return id
    }

    private static func hex(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits.suffix(width)
    }
}
