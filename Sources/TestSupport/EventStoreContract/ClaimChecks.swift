import EventSourcing
import Testing

extension EventStoreContract {
    private static let alpha = Claim(scope: "names", name: "Alpha")

    private static func take(_ claim: Claim, _ stream: String) -> ClaimChange {
        .take(claim, for: ContractLog.stream(stream))
    }

    private static func release(_ claim: Claim, _ stream: String) -> ClaimChange {
        .release(claim, by: ContractLog.stream(stream))
    }

    /// Unique names.
    static let claimChecks: [Check] = [
        Check("A name that another stream holds is refused, with its holder") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), claims: [take(alpha, "a")])
            #expect(
                try await log.append(ContractLog.write("b", .exactly(0)), claims: [take(alpha, "b")])
                    == .nameTaken(alpha, by: ContractLog.stream("a")))
            try await log.expectGapless(1)
        },
        Check("Names are compared without regard to case, and refused as they were asked for") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), claims: [take(alpha, "a")])
            for name in ["alpha", "ALPHA", "aLPHA"] {
                let claim = Claim(scope: "names", name: name)
                #expect(
                    try await log.append(ContractLog.write("b", .exactly(0)), claims: [take(claim, "b")])
                        == .nameTaken(claim, by: ContractLog.stream("a")))
            }
            let big = Claim(scope: "names", name: "ÄRGER Ωmega")
            let small = Claim(scope: "names", name: "ärger ωMEGA")
            try await log.appended(ContractLog.write("c", .exactly(0)), claims: [take(big, "c")])
            #expect(
                try await log.append(ContractLog.write("d", .exactly(0)), claims: [take(small, "d")])
                    == .nameTaken(small, by: ContractLog.stream("c")))
        },
        Check("The same name is free in another scope") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), claims: [take(alpha, "a")])
            try await log.appended(
                ContractLog.write("b", .exactly(0)), claims: [take(Claim(scope: "Names", name: "Alpha"), "b")])
        },
        Check("A stream may take again what it holds, also in another case") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), claims: [take(alpha, "a")])
            try await log.appended(ContractLog.write("a", .exactly(1)), claims: [take(alpha, "a")])
            let lower = Claim(scope: "names", name: "alpha")
            try await log.appended(ContractLog.write("a", .exactly(2)), claims: [take(lower, "a")])
            #expect(
                try await log.append(ContractLog.write("b", .exactly(0)), claims: [take(alpha, "b")])
                    == .nameTaken(alpha, by: ContractLog.stream("a")))
        },
        Check("A name that was given back can be taken by another stream") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), claims: [take(alpha, "a")])
            let upper = Claim(scope: "names", name: "ALPHA")
            try await log.appended(ContractLog.write("a", .exactly(1)), claims: [release(upper, "a")])
            try await log.appended(ContractLog.write("b", .exactly(0)), claims: [take(alpha, "b")])
        },
        Check("Nobody gives back a name that another stream holds") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), claims: [take(alpha, "a")])
            try await log.appended(ContractLog.write("b", .exactly(0)), claims: [release(alpha, "b")])
            #expect(
                try await log.append(ContractLog.write("b", .exactly(1)), claims: [take(alpha, "b")])
                    == .nameTaken(alpha, by: ContractLog.stream("a")))
        },
        Check("Giving back a name that nobody holds changes nothing") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), claims: [release(alpha, "a")])
            try await log.appended(ContractLog.write("b", .exactly(0)), claims: [take(alpha, "b")])
        },
        Check("A name may be given back and taken in one request, in either order") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), claims: [take(alpha, "a")])
            try await log.appended(
                ContractLog.write("a", .exactly(1)), ContractLog.write("b", .exactly(0)),
                claims: [release(alpha, "a"), take(alpha, "b")])
            try await log.appended(
                ContractLog.write("b", .exactly(1)), ContractLog.write("c", .exactly(0)),
                claims: [take(alpha, "c"), release(alpha, "b")])
            #expect(
                try await log.append(ContractLog.write("d", .exactly(0)), claims: [take(alpha, "d")])
                    == .nameTaken(alpha, by: ContractLog.stream("c")))
        },
        Check("A stream that gives a name back and takes it in one request holds it") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), claims: [take(alpha, "a")])
            try await log.appended(
                ContractLog.write("a", .exactly(1)), claims: [release(alpha, "a"), take(alpha, "a")])
            try await log.appended(
                ContractLog.write("a", .exactly(2)), claims: [take(alpha, "a"), release(alpha, "a")])
            #expect(
                try await log.append(ContractLog.write("b", .exactly(0)), claims: [take(alpha, "b")])
                    == .nameTaken(alpha, by: ContractLog.stream("a")))
        },
        Check("A stream that changes its name frees the former one") { log async throws in
            let beta = Claim(scope: "names", name: "Beta")
            try await log.appended(ContractLog.write("a", .exactly(0)), claims: [take(alpha, "a")])
            try await log.appended(
                ContractLog.write("a", .exactly(1)), claims: [take(beta, "a"), release(alpha, "a")])
            try await log.appended(ContractLog.write("b", .exactly(0)), claims: [take(alpha, "b")])
            #expect(
                try await log.append(ContractLog.write("b", .exactly(1)), claims: [take(beta, "b")])
                    == .nameTaken(beta, by: ContractLog.stream("a")))
        },
    ]
}
