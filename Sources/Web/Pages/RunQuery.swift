import API
import ControlPlane
import Domain

/// The address of a list of runs.
struct RunQuery {
    let filter: RunFilter

    func path(cursor: String? = nil) -> String {
        let values = [
            ("workspace", filter.workspace?.description), ("job", filter.job?.description), ("status", filter.status),
            ("cursor", cursor),
        ]
        let query = values.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encode($0))" } }
        return query.isEmpty ? "/runs" : "/runs?" + query.joined(separator: "&")
    }
}
