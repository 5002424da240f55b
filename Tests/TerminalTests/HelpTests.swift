import Terminal
import TestSupport
import Testing

@Suite struct HelpTests {
    @Test(arguments: [
        (["--help"], "help.txt"),
        (["serve", "-h"], "help-serve.txt"),
        (["job", "create", "--label", "--help", "-h"], "help-job-create.txt"),
        (["completion", "--help"], "help-completion.txt"),
    ])
    func `help is made of the declarations`(words: [String], golden: String) async throws {
        let outcome = await Sample.run(words) { _, _ in }
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        #expect(try differenceFromGolden(outcome.output, golden) == nil)
    }

    @Test func `a group alone shows its help as an error`() async {
        let help = await Sample.run("job", "--help")
        let group = await Sample.run("job")
        #expect(group.status == 64)
        #expect(group.output == "")
        #expect(group.errors == help.output)
    }

    @Test func `the version is that of the program`() async {
        #expect(await Sample.run("--version").output == "sample 1.2.3\n")
    }
}
