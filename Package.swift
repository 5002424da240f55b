// swift-tools-version: 6.2
import PackageDescription

// Weir builds from the Swift toolchain and Debian's C libraries alone: no outside Swift package.
// The storeys and what each module may import are told in docs/architecture.md and held by ArchitectureTests.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Swift's libraries become part of a program that is built for release: where it runs it needs Debian's alone.
let selfContained: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims",
            "-l_FoundationCollections", "-lstdc++",
        ], .when(configuration: .release))
]

/// A module map over one of Debian's C libraries.
func clibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func module(
    _ name: String, imports: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []
) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: strict, plugins: plugins)
}

func tests(of name: String, imports: [Target.Dependency], goldenFiles: [String] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: imports, exclude: goldenFiles, swiftSettings: strict)
}

let package = Package(
    name: "weir",
    products: [.executable(name: "weir", targets: ["CLI"])],
    targets: [
        // Debian's C libraries
        clibrary("CLibPQ", pkgConfig: "libpq", apt: "libpq-dev"),
        clibrary("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        clibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        clibrary("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),

        // Platform: one module for each library, knowing nothing of Weir
        module("Postgres", imports: ["CLibPQ"]),
        module("HTTPServer", imports: ["CMicroHTTPD"]),
        module("HTTPClient", imports: ["CCurl"]),
        module("Cryptography", imports: ["COpenSSL"]),
        module("Telemetry"),
        module("Terminal"),

        // Core
        module("EventSourcing"),
        module("Domain", imports: ["EventSourcing"]),
        module("ControlPlane", imports: ["Domain", "EventSourcing", "Telemetry", "Cryptography"]),

        // Adapters
        module(
            "Persistence",
            imports: ["ControlPlane", "Domain", "EventSourcing", "Postgres", "Cryptography", "Telemetry"],
            plugins: ["EmbedSQL"]),
        module(
            "Engines",
            imports: ["ControlPlane", "Domain", "EventSourcing", "Cryptography", "HTTPClient", "Postgres"]),
        module("API"),
        module("APIClient", imports: ["API", "HTTPClient"]),
        module(
            "Web",
            imports: ["ControlPlane", "Domain", "EventSourcing", "API", "HTTPServer", "Cryptography", "Telemetry"]),

        // Program
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Postgres", "HTTPServer", "HTTPClient", "Cryptography", "Telemetry", "Terminal", "EventSourcing",
                "Domain",
                "ControlPlane", "Persistence", "Engines", "API", "APIClient", "Web",
            ],
            swiftSettings: strict,
            linkerSettings: selfContained),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Persistence", "Postgres", "EventSourcing", "Domain", "ControlPlane", "Cryptography", "Telemetry",
                "Terminal", "TestSupport",
            ],
            swiftSettings: strict),

        .executableTarget(name: "Soak", dependencies: ["Postgres", "Terminal", "TestSupport"], swiftSettings: strict),

        // Makes schema/ and projections/ part of the program
        .plugin(name: "EmbedSQL", capability: .buildTool(), dependencies: ["EmbedSQLTool"]),
        .executableTarget(name: "EmbedSQLTool", swiftSettings: strict),

        // Tests
        .target(
            name: "TestSupport",
            dependencies: [
                "EventSourcing", "Domain", "ControlPlane", "Postgres", "Persistence", "HTTPClient", "HTTPServer",
                "Cryptography",
            ],
            swiftSettings: strict),
        tests(of: "Postgres", imports: ["Postgres", "TestSupport"]),
        tests(of: "HTTPServer", imports: ["HTTPServer", "HTTPClient"]),
        tests(of: "HTTPClient", imports: ["HTTPClient", "Cryptography"]),
        tests(of: "Cryptography", imports: ["Cryptography"]),
        tests(of: "Telemetry", imports: ["Telemetry"]),
        tests(of: "Terminal", imports: ["Terminal", "TestSupport"], goldenFiles: ["Golden"]),
        tests(of: "EventSourcing", imports: ["EventSourcing", "TestSupport"]),
        tests(
            of: "Domain", imports: ["Domain", "EventSourcing", "Cryptography", "TestSupport"], goldenFiles: ["Golden"]),
        tests(
            of: "ControlPlane",
            imports: ["ControlPlane", "Cryptography", "Domain", "EventSourcing", "Telemetry", "TestSupport"]),
        tests(
            of: "Persistence",
            imports: [
                "Persistence", "ControlPlane", "Cryptography", "Domain", "EventSourcing", "Postgres", "Telemetry",
                "TestSupport",
            ],
            goldenFiles: ["Golden"]),
        tests(
            of: "Engines",
            imports: [
                "Engines", "ControlPlane", "Domain", "Cryptography", "HTTPClient", "HTTPServer", "Postgres",
                "TestSupport",
            ]),
        tests(of: "API", imports: ["API"]),
        tests(of: "APIClient", imports: ["APIClient", "API", "HTTPClient", "HTTPServer"]),
        tests(
            of: "Web",
            imports: [
                "Web", "ControlPlane", "Domain", "EventSourcing", "API", "Cryptography", "HTTPServer", "HTTPClient",
                "Telemetry", "TestSupport",
            ],
            goldenFiles: ["Golden"]),
        tests(
            of: "CLI",
            imports: [
                "CLI", "ControlPlane", "Cryptography", "Terminal", "API", "Domain", "EventSourcing", "HTTPServer",
                "TestSupport",
            ],
            goldenFiles: ["Golden"]),
        tests(of: "Architecture", imports: []),
        tests(of: "EndToEnd", imports: ["API", "APIClient", "HTTPClient", "Postgres", "TestSupport"]),
    ]
)
