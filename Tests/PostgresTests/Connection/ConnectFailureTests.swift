import Testing

@testable import Postgres

@Suite struct ConnectFailureTests {
    @Test(arguments: ["FATAL", "FATALE", "FATALÄ", "致命的错误"])
    func `the code is read whatever the language, and taken out of the text`(severity: String) {
        let failure = ConnectFailure(
            verbose: """
                connection to server at "db", port 5432 failed: \(severity):  57P03: the database system :  28P01: starts
                LOCATION:  ProcessStartupPacket, postmaster.c:2356

                """)
        #expect(failure.sqlState == "57P03")
        #expect(
            failure.message
                == "connection to server at \"db\", port 5432 failed: \(severity):  the database system :  28P01: starts"
        )
    }

    @Test func `of several servers the last one that answered counts`() {
        let failure = ConnectFailure(
            verbose: """
                connection to server at "a", port 5432 failed: FATAL:  28000: no entry
                connection to server at "b", port 5432 failed: FATAL:  53300: too many clients
                connection to server at "c", port 5432 failed: Connection refused
                \tIs the server running on that host and accepting TCP/IP connections?
                """)
        #expect(failure.sqlState == "53300")
        #expect(failure.message.contains("no entry; connection") && failure.message.contains("Is the server running"))
    }

    @Test func `without an answer there is no code`() {
        let failure = ConnectFailure(verbose: "could not translate host name \"x\" to address: Name:  UNKNOWN")
        #expect(failure.sqlState == nil)
    }
}
