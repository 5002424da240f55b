package import ControlPlane
import Cryptography
import Domain
package import EventSourcing
import Foundation
import Testing

/// What every store of attempts keeps, as checks that run against any of them. Each check uses attempts of its own.
package struct AttemptStoreContract: Sendable {
    /// One promise, put to the test.
    package struct Check: Sendable, CustomStringConvertible {
        /// The promise as a sentence.
        package let description: String
        let body: @Sendable (AttemptStoreContract) async throws -> Void

        init(_ description: String, _ body: @escaping @Sendable (AttemptStoreContract) async throws -> Void) {
            self.description = description
            self.body = body
        }
    }

    let store: any AttemptStore
    let fence: LeaseFence
    let attempt = AttemptID(UUID())
    let run = RunID(UUID())

    /// - Parameter fence: The valid one for its name.
    package init(_ store: any AttemptStore, fence: LeaseFence) {
        self.store = store
        self.fence = fence
    }

    package func run(_ check: Check) async throws { try await check.body(self) }

    private static let columns = [ResultColumn(name: "n", type: "bigint"), ResultColumn(name: "名", type: "text")]

    private static func page(_ rows: [String], isTruncated: Bool = false) -> ResultPage {
        ResultPage(columns: columns, rows: rows, isTruncated: isTruncated)
    }

    private func keep(
        _ state: String, _ page: ResultPage? = nil, limits: ResultLimits = .standard, fence: LeaseFence? = nil
    ) async throws {
        let handle = EngineHandle(externalID: "q1", link: "http://engine/q1", state: Secret(state))
        try await store.keep(handle, rows: page, for: attempt, of: run, limits: limits, fence: fence ?? self.fence)
    }

    private func finish(
        _ page: ResultPage? = nil, updateCount: Int64? = nil, limits: ResultLimits = .standard, fence: LeaseFence? = nil
    ) async throws {
        try await store.finish(
            attempt, of: run, rows: page, updateCount: updateCount, limits: limits, fence: fence ?? self.fence)
    }

    private func rows() async throws -> [String] { try await store.rows(of: attempt, from: 0, limit: 1_000) }

    /// Every promise there is.
    package static let checks = handleChecks + rowChecks + finishChecks + fenceChecks

    private static let handleChecks = [
        Check("Of an attempt that is not known there is nothing") { contract async throws in
            #expect(try await contract.store.handle(of: contract.attempt) == nil)
            #expect(try await contract.store.result(of: contract.attempt) == nil)
            #expect(try await contract.rows() == [])
        },
        Check("The handle that was kept last is the one that is given back, with all of it") { contract async throws in
            try await contract.keep("one")
            try await contract.keep("two ✓")
            let handle = try #require(try await contract.store.handle(of: contract.attempt))
            #expect(handle.state.reveal() == "two ✓")
            #expect(handle.externalID == "q1" && handle.link == "http://engine/q1")
        },
    ]

    private static let rowChecks = [
        Check("Rows are kept in the order in which they came, byte for byte") { contract async throws in
            let rows = [#"[1,"a\n\u0000"]"#, #"[2, "名 ' \\ \""]"#, "[3,null]"]
            try await contract.keep("one", page(Array(rows[..<2])))
            try await contract.keep("two", page([]))
            try await contract.finish(page([rows[2]]))
            #expect(try await contract.rows() == rows)
            #expect(try await contract.store.rows(of: contract.attempt, from: 1, limit: 1) == [rows[1]])
            #expect(try await contract.store.rows(of: contract.attempt, from: 3, limit: 10) == [])
        },
        Check("A result says its columns, count and digest") { contract async throws in
            try await contract.keep("one", page(["[1]", "[2]"]))
            try await contract.finish(page(["[3]"]), updateCount: 7)
            let result = try #require(try await contract.store.result(of: contract.attempt))
            #expect(result.columns == columns)
            #expect(result.rowCount == 3 && !result.isTruncated)
            #expect(result.digest == SHA256Digest(of: "[1]\n[2]\n[3]\n".utf8).description)
            #expect(result.updateCount == 7)
        },
        Check("More rows than the limit are not kept, also when they come later") { contract async throws in
            let limits = ResultLimits(rows: 3, bytes: 1_024)
            try await contract.keep("one", page(["[1]", "[2]"]), limits: limits)
            try await contract.keep("two", page(["[3]", "[4]"]), limits: limits)
            try await contract.finish(page(["[5]"]), limits: limits)
            #expect(try await contract.rows() == ["[1]", "[2]", "[3]"])
            #expect(try await contract.store.result(of: contract.attempt)?.isTruncated == true)
        },
        Check("As many rows as the limit are all of them") { contract async throws in
            let limits = ResultLimits(rows: 2, bytes: 6)
            try await contract.keep("one", page(["[1]", "[2]"]), limits: limits)
            try await contract.finish(page([]), limits: limits)
            #expect(try await contract.rows() == ["[1]", "[2]"])
            #expect(try await contract.store.result(of: contract.attempt)?.isTruncated == false)
        },
        Check("More bytes than the limit are not kept, and no row after a gap") { contract async throws in
            let limits = ResultLimits(rows: 100, bytes: 10)
            try await contract.keep("one", page(["[1]", #"["名名"]"#, "[2]"]), limits: limits)
            #expect(try await contract.rows() == ["[1]"])
            try await contract.finish(page(["[3]"]), limits: limits)
            #expect(try await contract.rows() == ["[1]"])
            #expect(try await contract.store.result(of: contract.attempt)?.isTruncated == true)
        },
        Check("What the engine's driver left out makes the result truncated") { contract async throws in
            try await contract.keep("one", page(["[1]"], isTruncated: true))
            try await contract.finish()
            #expect(try await contract.store.result(of: contract.attempt)?.isTruncated == true)
        },
    ]

    private static let finishChecks = [
        Check("An attempt that was finished has a result, and no handle any more") { contract async throws in
            try await contract.keep("one", page(["[1]"]))
            #expect(try await contract.store.result(of: contract.attempt) == nil)
            try await contract.finish()
            #expect(try await contract.store.handle(of: contract.attempt) == nil)
            let result = try #require(try await contract.store.result(of: contract.attempt))
            #expect(result.rowCount == 1 && result.updateCount == nil)
        },
        Check("What is finished again keeps the rows and the count that it had") { contract async throws in
            try await contract.keep("one")
            try await contract.finish(page(["[1]"]), updateCount: 1)
            try await contract.finish(page(["[1]"]), updateCount: 2)
            #expect(try await contract.rows() == ["[1]"])
            #expect(try await contract.store.result(of: contract.attempt)?.updateCount == 1)
        },
        Check("A statement without rows has a result without columns") { contract async throws in
            try await contract.keep("one")
            try await contract.finish(updateCount: 0)
            let result = try #require(try await contract.store.result(of: contract.attempt))
            #expect(result.columns.isEmpty && result.rowCount == 0 && result.updateCount == 0)
            #expect(result.digest == SHA256Digest(of: "".utf8).description)
        },
    ]

    private static let fenceChecks = [
        Check("An owner that was replaced keeps neither a handle nor rows, and finishes nothing") {
            contract async throws in
            try await contract.keep("one", page(["[1]"]))
            let former = LeaseFence(name: contract.fence.name, epoch: contract.fence.epoch - 1)
            await #expect(throws: TransactionFailure.fenced(former)) {
                try await contract.keep("two", page(["[2]"]), fence: former)
            }
            await #expect(throws: TransactionFailure.fenced(former)) {
                try await contract.finish(page(["[2]"]), fence: former)
            }
            #expect(try await contract.store.handle(of: contract.attempt)?.state.reveal() == "one")
            #expect(try await contract.rows() == ["[1]"])
        }
    ]
}
