/// Which module imports which of ours: the storeys of the house. A new module or import goes here first, then into
/// Package.swift.
enum ModuleTable {
    /// Each wraps one library, knows nothing of Weir, and may hold unsafe code.
    static let platform: [String: Set<String>] = [
        "Postgres": ["CLibPQ"],
        "HTTPServer": ["CMicroHTTPD"],
        "HTTPClient": ["CCurl"],
        "Cryptography": ["COpenSSL"],
        "Telemetry": [],
        "Terminal": [],
    ]

    static let core: [String: Set<String>] = [
        "EventSourcing": [],
        "Domain": ["EventSourcing"],
        "ControlPlane": ["Domain", "EventSourcing", "Telemetry", "Cryptography"],
    ]

    /// They do not import one another, but for the API's client.
    static let adapters: [String: Set<String>] = [
        "Persistence": ["ControlPlane", "Domain", "EventSourcing", "Postgres", "Cryptography", "Telemetry"],
        "Engines": ["ControlPlane", "Domain", "EventSourcing", "Cryptography", "HTTPClient", "Postgres"],
        "API": [],
        "APIClient": ["API", "HTTPClient"],
        "Web": ["ControlPlane", "Domain", "EventSourcing", "API", "HTTPServer", "Cryptography", "Telemetry"],
    ]

    /// They may import everything above; Benchmarks makes its histories with TestSupport, too.
    static let programs: Set<String> = ["CLI", "Benchmarks"]
    /// For tests and benchmarks only: may import everything but programs.
    static let testSupport = "TestSupport"
    /// Runs while the package is built: imports nothing of ours.
    static let buildTools: Set<String> = ["EmbedSQLTool"]

    static let libraries = platform.merging(core) { $1 }.merging(adapters) { $1 }
    static let cLibraries: Set<String> = Set(platform.values.joined())

    /// What a module may import of ours; nil for an unknown module.
    static func allowed(_ module: String) -> Set<String>? {
        if let imports = libraries[module] { return imports }
        if module == "Benchmarks" { return Set(libraries.keys).union([testSupport]) }
        if programs.contains(module) || module == testSupport { return Set(libraries.keys) }
        if buildTools.contains(module) { return [] }
        return nil
    }

    /// Modules of the toolchain and who may import them. Foundation costs memory and start time, for ICU.
    static func allowsToolchain(_ imported: String, in module: String) -> Bool {
        switch imported {
        case "FoundationEssentials", "Synchronization": true
        case "Dispatch", "Glibc": platform[module] != nil || module == "CLI"
        case "Foundation": programs.contains(module) || module == testSupport || buildTools.contains(module)
        case "Testing": module == testSupport
        default: false
        }
    }
}
