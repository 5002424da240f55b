import Foundation

/// The real Trino that tests use, where there is one.
package enum TrinoServer {
    /// Where it is; nil when the environment names none.
    package static let url = ProcessInfo.processInfo.environment["WEIR_TRINO_URL"]

    /// Why tests on it are skipped.
    package static let skipReason = "SKIPPED trino: WEIR_TRINO_URL names none; tools/test starts one where it can"

    /// Whether tests on it run. Where engines are required they do, and fail without one.
    package static var isThere: Bool {
        url != nil || ProcessInfo.processInfo.environment["WEIR_REQUIRE_ENGINES"] == "1"
    }
}
