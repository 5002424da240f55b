import Persistence
import Postgres
import Terminal

enum MigrateCommand {
    static let ownerURL = Option(
        required: "owner-url", .text, placeholder: "URI", environment: "WEIR_OWNER_URL", isSecret: true,
        summary: "libpq's connection URI, as the role that owns the schema")
    private static let serviceRole = Option(
        "service-role", .text, default: "weir", placeholder: "ROLE", environment: "WEIR_SERVICE_ROLE",
        summary: "the role that “weir serve” connects as")

    static let command = Command(
        "migrate", summary: "bring a database to this program's schema", parameters: [ownerURL, serviceRole]
    ) { arguments, console in
        let names = try await Migrator(
            PostgresConfiguration(uri: arguments[ownerURL]), serviceRole: arguments[serviceRole]
        ).migrate()
        console.writeLine(names.isEmpty ? "the schema is up to date" : "applied \(names.joined(separator: ", "))")
    }
}
