import Persistence
import Postgres
import Terminal

enum MigrateCommand {
    static let options = [
        Option(
            "owner-url", "URI", "libpq's connection URI, as the role that owns the schema", variable: "WEIR_OWNER_URL"),
        Option(
            "service-role", "ROLE", "the role that “weir serve” connects as", default: "weir",
            variable: "WEIR_SERVICE_ROLE"),
    ]

    static let command = Command(
        "migrate", "Bring a database to this program's schema", options: options
    ) { arguments in
        let names = try await Migrator(
            PostgresConfiguration(uri: try arguments.require("owner-url")),
            serviceRole: try arguments.require("service-role")
        ).migrate()
        print(names.isEmpty ? "the schema is up to date" : "applied \(names.joined(separator: ", "))")
    }
}
