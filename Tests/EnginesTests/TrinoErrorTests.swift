import ControlPlane
import Domain
import Testing

@testable import Engines

@Suite("An error of Trino's")
struct TrinoErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let type: String
        let fault: RunFailure.Fault
        /// Whether another try is allowed for a statement that only reads, and for one that changes something.
        let retries: (reading: Bool, changing: Bool)
        var testDescription: String { name }

        init(_ name: String, _ type: String, _ fault: RunFailure.Fault, _ reading: Bool, _ changing: Bool) {
            self.name = name
            self.type = type
            self.fault = fault
            retries = (reading, changing)
        }
    }

    static let failures = [
        Case("SYNTAX_ERROR", "USER_ERROR", .user, false, false),
        Case("DIVISION_BY_ZERO", "USER_ERROR", .user, false, false),
        Case("TRANSACTION_CONFLICT", "USER_ERROR", .user, true, true),
        Case("CATALOG_UNAVAILABLE", "USER_ERROR", .user, true, true),
        Case("SERVER_STARTING_UP", "INTERNAL_ERROR", .engine, true, true),
        Case("NO_NODES_AVAILABLE", "INTERNAL_ERROR", .engine, true, true),
        Case("QUERY_QUEUE_FULL", "INSUFFICIENT_RESOURCES", .engine, true, true),
        Case("REMOTE_TASK_ERROR", "INTERNAL_ERROR", .engine, true, false),
        Case("GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR", .engine, true, false),
        Case("COMPILER_ERROR", "INTERNAL_ERROR", .engine, false, false),
        Case("CLUSTER_OUT_OF_MEMORY", "INSUFFICIENT_RESOURCES", .engine, true, false),
        Case("EXCEEDED_GLOBAL_MEMORY_LIMIT", "INSUFFICIENT_RESOURCES", .engine, false, false),
        Case("JDBC_ERROR", "EXTERNAL", .infrastructure, true, false),
        Case("ICEBERG_COMMIT_ERROR", "EXTERNAL", .infrastructure, false, false),
    ]

    @Test("is retried as far as it leaves nothing behind, and blames whom it should", arguments: failures)
    func classes(failure: Case) {
        let error = TrinoError(message: "why", errorCode: nil, errorName: failure.name, errorType: failure.type)
        for (isReadOnly, isRetryable) in [(true, failure.retries.reading), (false, failure.retries.changing)] {
            guard case .ended(.failed(let seen)) = Look(error, isReadOnly: isReadOnly) else {
                Issue.record("not a failure")
                continue
            }
            #expect(
                seen == RunFailure(code: failure.name, fault: failure.fault, message: "why", isRetryable: isRetryable))
        }
    }

    @Test(
        "that leaves open whether a change stands asks a person",
        arguments: [
            ("ABANDONED_QUERY", "USER_ERROR", "not accessed"),
            ("ICEBERG_COMMIT_ERROR", "EXTERNAL", "Cannot determine whether the commit was successful"),
        ])
    func open(name: String, type: String, message: String) {
        let error = TrinoError(message: message, errorCode: nil, errorName: name, errorType: type)
        guard case .cannotTell(let why) = Look(error, isReadOnly: false) else {
            Issue.record("it was decided")
            return
        }
        #expect(why.contains(message))
    }
}

@Suite("The elements of a JSON array")
struct JSONArrayTextTests {
    @Test(
        "are cut out as they are written",
        arguments: [
            (#"{"data":[[1,"a"],[2,"b"]]}"#, [#"[1,"a"]"#, #"[2,"b"]"#]),
            (#"{ "x" : {"data":[9]}, "y":["data"], "data" : [ ] }"#, []),
            (#"{"s":"\"data\":[1]","data":[["]"],["\\"],["{,"]]}"#, [#"["]"]"#, #"["\\"]"#, #"["{,"]"#]),
            (#"{"data":null}"#, []), (#"{"id":"data"}"#, []), (#"{}"#, []),
            (#"{"data":[{"a":[1,2]},[],null,1.50]}"#, [#"{"a":[1,2]}"#, "[]", "null", "1.50"]),
        ])
    func elements(json: String, expected: [String]) {
        #expect(JSONArrayText.elements(ofMember: "data", in: Array(json.utf8)) == expected)
    }
}
