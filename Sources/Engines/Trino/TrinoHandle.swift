import ControlPlane
import Cryptography
import FoundationEssentials

/// What leads back to a query: stored before each GET, so that the same GET can be made again.
struct TrinoHandle: Codable, Sendable {
    var queryID: String
    /// Where the next page is. Whoever has it can read the result and stop the query.
    var nextURI: String
    /// The first one: stays usable as a probe while the coordinator remembers the query.
    var firstURI: String
    var infoURI: String?
    /// How many rows have been read.
    var rowsRead: Int

    func sealed() throws -> EngineHandle {
        let state = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        return EngineHandle(externalID: queryID, link: infoURI, state: Secret(state))
    }

    init(queryID: String, nextURI: String, infoURI: String?) {
        self.queryID = queryID
        self.nextURI = nextURI
        firstURI = nextURI
        self.infoURI = infoURI
        rowsRead = 0
    }

    init(_ handle: EngineHandle) throws {
        self = try JSONDecoder().decode(TrinoHandle.self, from: Data(handle.state.reveal().utf8))
    }
}
