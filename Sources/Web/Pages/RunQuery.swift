import API
import ControlPlane
import Domain

/// The address of a list of runs.
struct RunQuery {
    let filter: RunFilter

    /// The filters that are set.
    var parameters: [(name: String, value: String)] {
        [("workspace", filter.workspace?.description), ("job", filter.job?.description), ("status", filter.status)]
            .compactMap { name, value in value.map { (name, $0) } }
    }

    func path(cursor: String? = nil) -> String {
        let query = Self.encode(parameters + (cursor.map { [("cursor", $0)] } ?? []))
        return query.isEmpty ? "/runs" : "/runs?" + query
    }

    static func encode(_ parameters: [(name: String, value: String)]) -> String {
        parameters.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }
}
