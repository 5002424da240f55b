import Terminal
import Testing

@Suite struct InvocationTests {
    @Test func `long, short and joined spellings mean the same`() async throws {
        let spellings = [
            ["--port", "81"], ["--port=81"], ["-p", "81"], ["-p81"], ["-vp81"], ["-vp", "81"],
        ]
        for spelling in spellings {
            let outcome = await Sample.run(["serve", "--key", "k"] + spelling) { _, _ in }
            let arguments = try #require(outcome.arguments)
            #expect(arguments[Sample.port] == 81)
            #expect(arguments.origin(of: Sample.port) == .commandLine)
        }
    }

    @Test func `what is not given has its default`() async throws {
        let serve = try #require(await Sample.run("serve", "--key", "k").arguments)
        #expect(serve[Sample.port] == 8_080)
        #expect(serve[Sample.grace] == .seconds(30))
        #expect(serve[Sample.output] == .table)
        #expect(!serve[Sample.verbose])
        #expect(serve.origin(of: Sample.port) == .standard)
        let create = try #require(await Sample.run("job", "create", "nightly").arguments)
        #expect(create[Sample.label] == nil)
        #expect(create[Sample.tag] == [])
        #expect(create[Sample.file] == nil)
    }

    @Test func `options of the program hold before and after its commands`() async throws {
        for words in [["-o", "json", "job", "sum"], ["job", "-o", "json", "sum"], ["job", "sum", "-o", "json"]] {
            let arguments = try #require(await Sample.run(words) { _, _ in }.arguments)
            #expect(arguments[Sample.output] == .json)
        }
    }

    @Test func `the environment gives what the command line does not`() async throws {
        let environment = [
            "SAMPLE_PORT": "82", "SAMPLE_KEY": "from outside", "SAMPLE_VERBOSE": "yes", "SAMPLE_OUTPUT": "",
        ]
        let outcome = await Sample.run(["serve"], environment: environment) { _, _ in }
        let arguments = try #require(outcome.arguments)
        #expect(arguments[Sample.port] == 82)
        #expect(arguments[Sample.key] == "from outside")
        #expect(arguments[Sample.verbose])
        #expect(arguments[Sample.output] == .table)
        #expect(arguments.origin(of: Sample.port) == .environment("SAMPLE_PORT"))
        let both = await Sample.run(["serve", "-p", "83"], environment: environment) { _, _ in }
        #expect(try #require(both.arguments)[Sample.port] == 83)
    }

    @Test func `commas part the values of a repeated option in the environment only`() async throws {
        let outside = await Sample.run("job", "create", "a", environment: ["SAMPLE_TAGS": "x,y"])
        #expect(try #require(outside.arguments)[Sample.tag] == ["x", "y"])
        let given = await Sample.run("job", "create", "a", "-t", "x,y", "--tag", "z")
        #expect(try #require(given.arguments)[Sample.tag] == ["x,y", "z"])
    }

    @Test func `words after two dashes and negative numbers are no options`() async throws {
        let create = try #require(await Sample.run("job", "create", "--", "--name", "-").arguments)
        #expect(create[Sample.name] == "--name")
        #expect(create[Sample.file] == "-")
        let sum = try #require(await Sample.run("job", "sum", "-5", "3").arguments)
        #expect(sum[Sample.numbers] == [-5, 3])
    }

    @Test func `settings show where values came from and hide secrets`() async throws {
        let outcome = await Sample.run("serve", "-p", "81", environment: ["SAMPLE_KEY": "hunter2"])
        let settings = try #require(outcome.arguments).settings
        #expect(
            settings == [
                .init(name: "grace", value: "30s", origin: .standard),
                .init(name: "key", value: "•••", origin: .environment("SAMPLE_KEY")),
                .init(name: "output", value: "table", origin: .standard),
                .init(name: "port", value: "81", origin: .commandLine),
                .init(name: "verbose", value: "", origin: .standard),
            ])
    }
}
