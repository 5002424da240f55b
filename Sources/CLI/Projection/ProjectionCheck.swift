import ControlPlane
import Persistence
import Terminal

/// Tries the statements of projection files without an event.
enum ProjectionCheck {
    private static let files = Positional(
        repeated: "file", .path, summary: "files of projections; those of this program when left out")

    static let command = Command(
        "check", summary: "find the mistakes in projection files: names the first one's file and line",
        discussion: "Each statement is analysed by the database against the file's own tables. Nothing is left behind.",
        parameters: [files, ServeSettings.databaseURL]
    ) { arguments, console in
        let session = try ProjectionSession(database: arguments[ServeSettings.databaseURL], console)
        let contents = try arguments[files].map { (file: $0, content: try InputFile.text($0)) }
        try await session.store.check(files: contents)
        console.writeLine("no mistakes")
    }
}
