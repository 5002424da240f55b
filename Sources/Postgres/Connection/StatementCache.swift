/// Which statements a session has prepared; the least recently used one makes room. A value, without I/O.
struct StatementCache {
    /// The same text with other types of parameters is another statement.
    struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    /// How a statement is to be sent.
    enum Use: Equatable {
        case prepared(name: String)
        /// Without preparing it: another call is just doing so, and may fail, or there is no room.
        case unprepared
        /// Under this name, after these have been deallocated.
        case prepare(name: String, deallocating: [String])
    }

    private struct Entry {
        let name: String
        var lastUse: Int
        /// Whether the server has said that it is prepared.
        var isConfirmed = false
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    /// What the server still has prepared and nobody uses any more.
    private var retired: [String] = []
    private var uses = 0
    private var made = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func use(_ key: Key) -> Use {
        uses += 1
        if let known = entries[key] {
            guard known.isConfirmed else { return .unprepared }
            entries[key]?.lastUse = uses
            return .prepared(name: known.name)
        }
        guard makeRoom() else { return .unprepared }
        made += 1
        let name = "s\(made)"
        entries[key] = Entry(name: name, lastUse: uses)
        defer { retired = [] }
        return .prepare(name: name, deallocating: retired)
    }

    /// What is not confirmed yet stays: if it fails, its DEALLOCATE would fail as well, and with it the newcomer.
    private mutating func makeRoom() -> Bool {
        if entries.count < capacity { return true }
        let confirmed = entries.filter(\.value.isConfirmed)
        guard let oldest = confirmed.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return false }
        retire(oldest.key)
        return true
    }

    /// The server has prepared it.
    mutating func confirm(_ key: Key) {
        entries[key]?.isConfirmed = true
    }

    /// The server has not prepared it.
    mutating func forget(_ key: Key) {
        entries[key] = nil
    }

    /// The server has it, but it is of no use any more.
    mutating func retire(_ key: Key) {
        if let entry = entries.removeValue(forKey: key) { retired.append(entry.name) }
    }

    /// It was not deallocated.
    mutating func putBack(_ name: String) {
        retired.append(name)
    }

    /// Somebody has deallocated them all, by DISCARD or DEALLOCATE.
    mutating func forgetAll() {
        entries = entries.filter { !$0.value.isConfirmed }
        retired = []
    }
}
