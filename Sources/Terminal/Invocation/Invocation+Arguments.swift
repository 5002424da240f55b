extension Invocation {
    /// Fills what the command line left open from the environment, and checks everything.
    func arguments(environment: [String: String]) throws(UsageError) -> Arguments {
        var given: [String: Arguments.Given] = [:]
        for parameter in path.options + path.command.positionals {
            let found = found(parameter, environment: environment)
            try check(found)
            given[parameter.name] = found
        }
        return Arguments(given: given)
    }

    private func found(_ parameter: Parameter, environment: [String: String]) -> Arguments.Given {
        if let texts = texts[parameter.name] {
            return Arguments.Given(parameter: parameter, texts: texts, origin: .commandLine)
        }
        guard let variable = parameter.environment, let text = environment[variable], !text.isEmpty else {
            return Arguments.Given(parameter: parameter, texts: [], origin: .standard)
        }
        let texts = parameter.occurrences.upperBound == 1 ? [text] : text.split(separator: ",").map(String.init)
        return Arguments.Given(parameter: parameter, texts: texts, origin: .environment(variable))
    }

    private func check(_ given: Arguments.Given) throws(UsageError) {
        let (parameter, texts) = (given.parameter, given.texts)
        // A flag that is repeated says nothing new.
        let most = parameter.kind == .flag ? .max : parameter.occurrences.upperBound
        if texts.count > most {
            throw failure("\(name(given)) may be given \(most == 1 ? "once" : "\(most) times") only")
        }
        if texts.count < parameter.occurrences.lowerBound {
            let variable = parameter.environment.map { " (or the variable \($0))" } ?? ""
            throw failure("\(parameter.label) is missing\(variable): \(parameter.summary)")
        }
        for text in texts {
            do {
                try parameter.check(text)
            } catch {
                let shown = parameter.isSecret ? "the value" : "'\(text.printable)'"
                throw failure("\(name(given)): \(shown) is not \(error.expected)")
            }
        }
    }

    private func name(_ given: Arguments.Given) -> String {
        if case .environment(let variable) = given.origin { variable } else { given.parameter.label }
    }

    private func failure(_ message: String) -> UsageError { UsageError(description: message, command: path.text) }
}
