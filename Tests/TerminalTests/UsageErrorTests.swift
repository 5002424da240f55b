import Terminal
import Testing

@Suite struct UsageErrorTests {
    @Test(arguments: [
        (["srve"], "there is no command 'srve'; did you mean 'serve'?"),
        (["job", "craete"], "there is no command 'craete'; did you mean 'create'?"),
        (["deploy"], "there is no command 'deploy'"),
        (["serve", "--prot=1"], "there is no option '--prot'; did you mean '--port'?"),
        (["serve", "--nothing-like-it"], "there is no option '--nothing-like-it'"),
        (["serve", "-x"], "there is no option '-x'"),
        (["serve", "--port"], "--port needs a value PORT"),
        (["serve", "--verbose=yes"], "--verbose takes no value"),
        (["serve", "--key=k", "-p0"], "--port: '0' is not a whole number from 1 to 65535"),
        (["serve", "--key=k", "--port=8o8o"], "--port: '8o8o' is not a whole number from 1 to 65535"),
        (["serve", "--key=k", "-p1", "-p2"], "--port may be given once only"),
        (["serve", "--key="], "--key: the value is not a text that is not empty"),
        (
            ["serve", "--key=k", "--grace=2h"],
            "--grace: '2h' is not a time such as 250ms, 30s, 5m or 1h30m, from 0s to 1h"
        ),
        (["serve", "--key=k", "-oxml"], "--output: 'xml' is not one of table, json"),
        (["serve"], "--key is missing (or the variable SAMPLE_KEY): the key that seals secrets"),
        (["serve", "--key=k", "now"], "there is no place for 'now'"),
        (["job", "create"], "NAME is missing: the job's name"),
        (["job", "create", "a", "-ta", "-tb", "-tc", "-td"], "--tag may be given 3 times only"),
        (["job", "sum", "1", "2", "3", "4"], "there is no place for '4'"),
        (["job", "\u{1B}[2J"], "there is no command '\u{FFFD}[2J'"),
    ])
    func `a command line that does not fit says why and ends with 64`(words: [String], message: String) async {
        let outcome = await Sample.run(words) { _, _ in }
        #expect(outcome.status == 64)
        #expect(outcome.arguments == nil)
        #expect(outcome.output == "")
        let command = words.first == "job" && words.count > 1 && ["create", "sum"].contains(words[1])
        let meant =
            command ? "sample job \(words[1])" : ["serve", "job"].contains(words[0]) ? "sample \(words[0])" : "sample"
        #expect(outcome.errors == "error: \(message)\nSee '\(meant) --help'.\n")
    }

    @Test func `a wrong variable is called by its name, and a secret's value is not shown`() async {
        let environment = ["SAMPLE_PORT": "99999", "SAMPLE_KEY": "hunter2"]
        let port = await Sample.run("serve", environment: environment)
        #expect(port.errors.hasPrefix("error: SAMPLE_PORT: '99999' is not a whole number from 1 to 65535\n"))
        let key = await Sample.run("serve", "--key=", environment: environment)
        #expect(!key.errors.contains("hunter2"))
    }

    @Test func `an action's error is explained and gives the status`() async {
        struct Broken: Error {}
        let outcome = await Sample.run(["job", "sum"]) { _, _ in throw Broken() }
        #expect(outcome.status == 1)
        #expect(outcome.errors == "error: Broken()\n")
        let program = Program(
            Command("sample", summary: "", subcommands: [Command("go", summary: "") { _, _ in throw Broken() }]),
            version: "1", explain: { _ in .init(message: "", exitCode: 7) })
        let console = Console(
            width: nil, errorWidth: nil, allowsColor: false, output: { _ in }, errors: { Issue.record("\($0)") })
        #expect(await program.run(["go"], environment: [:], console: console) == 7)
    }
}
