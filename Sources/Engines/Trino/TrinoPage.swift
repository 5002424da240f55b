import Domain
import FoundationEssentials

/// One answer of Trino's statement protocol (`QueryResults`), without its rows.
struct TrinoPage: Decodable, Sendable {
    struct Column: Decodable, Sendable {
        let name: String
        let type: String
    }

    struct Statistics: Decodable, Sendable {
        let state: String
        let progressPercentage: Double?
        let processedRows: Int64?
        let processedBytes: Int64?
    }

    let id: String
    let infoUri: String?
    /// Absent at the end, and only there.
    let nextUri: String?
    let columns: [Column]?
    let stats: Statistics
    let error: TrinoError?
    /// `INSERT`, `CREATE TABLE` and the like; absent for statements that return rows.
    let updateType: String?
    let updateCount: Int64?
    /// The JSON text of each row, as Trino wrote it: decoding would lose what numbers look like.
    private(set) var rows: [String] = []

    private enum CodingKeys: String, CodingKey {
        case id, infoUri, nextUri, columns, stats, error, updateType, updateCount
    }

    /// - Throws: `DecodingError` where it is no such document.
    static func read(_ body: [UInt8]) throws -> TrinoPage {
        var page = try JSONDecoder().decode(TrinoPage.self, from: Data(body))
        page.rows = JSONArrayText.elements(ofMember: "data", in: body)
        return page
    }
}

/// Why a query failed, in Trino's words.
struct TrinoError: Decodable, Sendable {
    let message: String?
    let errorCode: Int?
    let errorName: String?
    /// `USER_ERROR`, `INTERNAL_ERROR`, `INSUFFICIENT_RESOURCES` or `EXTERNAL`.
    let errorType: String?
}

/// What `/v1/query/{id}` tells of a query.
struct TrinoQueryInfo: Decodable, Sendable {
    struct Code: Decodable, Sendable {
        let code: Int?
        let name: String?
        let type: String?
    }

    struct Failure: Decodable, Sendable {
        let message: String?
    }

    let state: String
    let errorCode: Code?
    let failureInfo: Failure?

    var error: TrinoError {
        TrinoError(
            message: failureInfo?.message, errorCode: errorCode?.code, errorName: errorCode?.name,
            errorType: errorCode?.type)
    }
}

/// What `/v1/info` tells of a server.
struct TrinoServerInfo: Decodable, Sendable {
    struct Version: Decodable, Sendable {
        let version: String
    }

    let nodeVersion: Version
    let coordinator: Bool
    let starting: Bool
}
