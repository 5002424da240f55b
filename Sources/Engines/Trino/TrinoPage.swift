import Domain
import FoundationEssentials

/// One answer of Trino's statement protocol: the QueryResults document (docs: develop/client-protocol).
struct TrinoPage: Sendable {
    let id: String
    /// Where the next answer is; none means that the query has ended.
    let nextURI: String?
    /// Trino's own page about the query.
    let infoURI: String?
    let columns: [ResultColumn]
    /// Each row as the JSON text that Trino wrote.
    let rows: [String]
    /// Whether rows of this answer were left out.
    let hasMoreRows: Bool
    let stats: Stats
    let error: TrinoError?
    let updateCount: Int64?

    /// How far the query is. Fields that Weir does not use are not read.
    struct Stats: Decodable, Sendable {
        let state: String
        let progressPercentage: Double?
        let processedRows: Int64?
        let processedBytes: Int64?
    }

    private struct Column: Decodable {
        let name: String
        let type: String
    }

    /// - Parameter limit: The most rows to read.
    /// - Throws: `Malformed` when this is not such a document.
    init(_ body: [UInt8], limit: Int) throws(Malformed) {
        guard let members = JSONSlices.members(of: body[...]) else { throw Malformed("it is not a JSON object") }
        let slices = Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
        func read<Value: Decodable>(_ type: Value.Type, _ key: String) throws(Malformed) -> Value? {
            guard let slice = slices[key], !slice.elementsEqual("null".utf8) else { return nil }
            do {
                return try JSONDecoder().decode(Value.self, from: Data(slice))
            } catch {
                throw Malformed("\(key) cannot be read: \(error)")
            }
        }
        guard let id = try read(String.self, "id"), let stats = try read(Stats.self, "stats") else {
            throw Malformed("id or stats is missing")
        }
        self.id = id
        self.stats = stats
        nextURI = try read(String.self, "nextUri")
        infoURI = try read(String.self, "infoUri")
        columns = try read([Column].self, "columns")?.map { ResultColumn(name: $0.name, type: $0.type) } ?? []
        error = try read(TrinoError.self, "error")
        updateCount = try read(Int64.self, "updateCount")
        guard let data = slices["data"], !data.elementsEqual("null".utf8) else {
            rows = []
            hasMoreRows = false
            return
        }
        guard let cut = JSONSlices.elements(of: data, limit: limit) else { throw Malformed("data is not an array") }
        rows = cut.elements.map { String(decoding: $0, as: UTF8.self) }
        hasMoreRows = cut.hasMore
    }

    /// An answer that is not what the protocol says.
    struct Malformed: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }
}
