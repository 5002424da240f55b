import ControlPlane
import FoundationEssentials
import Postgres

/// A list in pages: filters, an order that no two rows share a place in, and where the page begins.
struct ListQuery {
    enum Order {
        /// By name without regard to case, then by id.
        case byName
        /// By id, which grows with time, the newest first.
        case newestFirst
    }

    private let select: String
    private let order: Order
    private var conditions: [String] = []
    private var parameters = PostgresParameters()

    /// - Parameters:
    ///   - relation: A table of a read model.
    ///   - seq: The rows as they were when the event `seq` was the last one that was taken in; nil for the present.
    init(_ relation: String, asOf seq: Int64?, order: Order) {
        select = "SELECT * FROM projections.\((seq == nil ? relation : "\(relation)_versions").quotedIdentifier)"
        self.order = order
        if let seq {
            filter("_from <= $", seq)
            filter("_to > $", seq)
        }
    }

    /// - Parameter condition: In which `$` stands for the value.
    mutating func filter(_ condition: String, _ value: some PostgresEncodable) {
        parameters.add(value)
        conditions.append(
            condition.split(separator: "$", omittingEmptySubsequences: false)
                .joined(separator: "$\(parameters.values.count)"))
    }

    /// Leaves out rows of which this does not hold.
    mutating func require(_ condition: String) {
        conditions.append(condition)
    }

    /// One row more than the page is asked for: it says whether there is a next page.
    func statement(_ page: PageRequest) throws -> (sql: String, parameters: PostgresParameters) {
        var query = self
        if let cursor = page.cursor { try query.begin(after: PageCursor.decode(cursor)) }
        let conditions = query.conditions.isEmpty ? "" : " WHERE " + query.conditions.joined(separator: " AND ")
        query.parameters.add(Int64(page.limit + 1))
        let limit = " LIMIT $\(query.parameters.values.count)"
        switch order {
        case .byName: return (select + conditions + " ORDER BY lower(name), id" + limit, query.parameters)
        case .newestFirst: return (select + conditions + " ORDER BY id DESC" + limit, query.parameters)
        }
    }

    private mutating func begin(after key: [String]) throws {
        guard let id = key.last.flatMap(UUID.init(uuidString:)) else { throw InvalidCursor() }
        switch order {
        case .byName:
            guard key.count == 2 else { throw InvalidCursor() }
            parameters.add(key[0])
            parameters.add(id)
            let count = parameters.values.count
            // Postgres folds both sides: Swift folds some letters in another way.
            conditions.append("(lower(name), id) > (lower($\(count - 1)), $\(count))")
        case .newestFirst:
            guard key.count == 1 else { throw InvalidCursor() }
            filter("id < $", id)
        }
    }
}

/// Where a page ended, as an opaque text.
enum PageCursor {
    /// The longest cursor, in bytes: of a longest name and an id.
    private static let maximumLength = 2_000

    static func encode(_ key: [String]) -> String? {
        // A JSON array of texts always encodes.
        guard let json = try? JSONEncoder().encode(key) else { return nil }
        return json.base64EncodedString().map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" }
            .reduce(into: "") { $0.append($1) }
    }

    static func decode(_ cursor: String) throws -> [String] {
        guard cursor.utf8.count <= maximumLength else { throw InvalidCursor() }
        var base64 = cursor.reduce(into: "") { $0.append($1 == "-" ? "+" : $1 == "_" ? "/" : $1) }
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        guard let json = Data(base64Encoded: base64), let key = try? JSONDecoder().decode([String].self, from: json)
        else { throw InvalidCursor() }
        return key
    }
}
