import API
import ControlPlane
import Domain
import HTTPServer

extension RunFilter {
    /// Reads `workspace`, `job` and `status`. An empty value is none: forms send it for what is left open.
    init(_ request: HTTPRequest) throws {
        self.init(
            workspace: Self.isGiven("workspace", request) ? try request.queryID("workspace") : nil,
            job: Self.isGiven("job", request) ? try request.queryID("job") : nil,
            status: Self.isGiven("status", request) ? request.query["status"] : nil)
        if let status, !RunResource.statuses.contains(status) {
            throw Problem.invalidParameter(
                "status", code: "out-of-range", "must be one of \(RunResource.statuses.joined(separator: ", "))")
        }
    }

    private static func isGiven(_ name: String, _ request: HTTPRequest) -> Bool {
        request.query[name]?.isEmpty == false
    }
}
