import Foundation
import TestSupport
import Testing

@testable import CLI

/// What the command line takes, what it refuses, and the exit codes: 0 done, 1 it failed, 64 not understood.
@Suite struct UsageTests {
    static let commands = [
        [], ["serve"], ["migrate"], ["dev"], ["projection"], ["workspace"], ["workspace", "create"],
        ["workspace", "list"], ["connection"], ["connection", "create"], ["connection", "list"],
        ["connection", "check"], ["job"], ["job", "create"], ["job", "list"], ["run"], ["run", "start"],
        ["run", "show"], ["run", "list"], ["run", "events"], ["run", "result"], ["run", "cancel"], ["run", "resolve"],
    ]

    @Test(arguments: commands)
    func `help tells what a command takes`(words: [String]) async throws {
        let help = await weir(words + ["--help"])
        #expect(help.status == 0 && help.errors == "")
        try GoldenFolder().expect(help.output, named: "help/\((["weir"] + words).joined(separator: "-")).txt")
    }

    @Test(arguments: [
        ["--nothing"], ["nothing"], ["run"], ["run", "start"], ["run", "start", "j", "--wait=maybe"],
        ["run", "list", "--limit", "0"], ["run", "list", "--limit", "x"], ["run", "list", "--output", "xml"],
        ["run", "start", "j", "--parameter", "novalue"], ["workspace", "create"], ["workspace", "create", "a", "b"],
        ["job", "create", "daily"], ["serve"], ["migrate"],
        ["serve", "--database-url", "postgres://x", "--key-file", "k", "--public-origin", "weir.example"],
    ])
    func `what is not understood says what is wrong, and where help is`(words: [String]) async {
        let outcome = await weir(words)
        #expect(outcome.status == 64, "\(outcome)")
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("error: ") || outcome.errors.contains("Usage"), "\(outcome.errors)")
    }

    @Test func `where no server answers the command says so and fails`() async {
        let outcome = await weir("workspace", "list", "--server", "http://127.0.0.1:1")
        #expect(outcome.status == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("the server did not answer: not sent"), "\(outcome.errors)")
        #expect(outcome.errors.contains("Is “weir serve” running, and --server right?"))
    }

    @Test func `the server comes from the environment, and an option goes before it`() async {
        let fromEnvironment = await weir("workspace", "list", environment: ["WEIR_SERVER": "nonsense"])
        #expect(fromEnvironment.status == 1)
        #expect(fromEnvironment.errors.contains("invalid URL"), "\(fromEnvironment.errors)")
        let fromOption = await weir(
            "workspace", "list", "--server", "http://127.0.0.1:1", environment: ["WEIR_SERVER": "nonsense"])
        #expect(fromOption.errors.contains("not sent"), "\(fromOption.errors)")
    }

    @Test(arguments: ["worker", "api,,saga", "API", ","])
    func `roles that there are not are refused with those that there are`(roles: String) async {
        for (words, environment) in [(["--roles", roles], [:]), ([], ["WEIR_ROLES": roles])] {
            let outcome = await weir(
                ["serve", "--database-url", "postgres://x", "--key-file", "/dev/null"] + words, environment: environment
            )
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("api, projector, saga"), "\(outcome.errors)")
        }
    }

    @Test(arguments: ["0.0.0.0:8080", "8080", "127.0.0.1:99999", "example.org:80"])
    func `a server listens on the loopback alone`(address: String) async {
        let outcome = await weir(
            "serve", "--database-url", "postgres://x", "--key-file", "/dev/null", "--listen", address)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("HOST:PORT on 127.0.0.1 or ::1"), "\(outcome.errors)")
    }
}
