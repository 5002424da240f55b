import Glibc

extension Console {
    /// The console of this process. Colours are for terminals only, and not where `NO_COLOR` is set (no-color.org) or
    /// `TERM` is `dumb`.
    package static func ofProcess(environment: [String: String]) -> Console {
        let isPlain = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        return Console(
            width: columns(of: STDOUT_FILENO), errorWidth: columns(of: STDERR_FILENO), allowsColor: !isPlain,
            output: { writeAll($0, to: STDOUT_FILENO) }, errors: { writeAll($0, to: STDERR_FILENO) })
    }

    /// The terminal's width; nil when the file is no terminal.
    private static func columns(of file: Int32) -> Int? {
        guard isatty(file) == 1 else { return nil }
        var size = winsize()
        guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Nobody is left to be told when writing fails; a reader that has gone ends the process by SIGPIPE.
    private static func writeAll(_ text: String, to file: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}

extension Console {
    /// Asks for a text that the terminal does not show while it is typed.
    ///
    /// - Returns: The text, or nil when standard input is no terminal or ended.
    package func askSecret(_ question: String) -> String? {
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { return nil }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        writeError(question)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            writeError("\n")
        }
        return readLine()
    }
}
