import Domain
import EventSourcing
import TestSupport
import Testing

@Suite struct ConnectionTests {
    private let connection = Specification<ConnectionDecider>()

    private func create(_ settings: ConnectionSettings, hasSecret: Bool = false) -> ConnectionCommand {
        .create(workspace: .sample, name: "main", settings: settings, hasSecret: hasSecret)
    }

    private func trino(
        _ url: String, user: String = "weir", catalog: String? = nil, schema: String? = nil
    ) -> ConnectionSettings {
        .trino(TrinoSettings(url: url, user: user, catalog: catalog, schema: schema))
    }

    private func postgres(
        host: String = "db", port: Int = 5_432, database: String = "d", user: String = "u"
    ) -> ConnectionSettings {
        .postgres(PostgresSettings(host: host, port: port, database: database, user: user, tls: .require))
    }

    @Test(arguments: [ConnectionCreated.trino, .plainTrino, .postgres])
    func `a connection is created with its settings, and whether it has a secret`(created: ConnectionCreated) {
        connection.when(create(created.settings, hasSecret: created.hasSecret)).then(.created(created))
    }

    @Test func `a connection that exists is not created again`() {
        connection.given(.created(.trino)).when(create(postgres())).thenNothing()
    }

    @Test func `a name that breaks the rules is refused, with the field`() {
        connection.when(.create(workspace: .sample, name: " x", settings: postgres(), hasSecret: false))
            .thenRejects(code: "name-invalid", field: "/name")
    }

    @Test(arguments: ["http://trino:8080", "https://trino.example", "https://[2001:db8::1]:8443", "http://10.0.0.7"])
    func `scheme, host and port make a URL`(url: String) {
        connection.when(create(trino(url)))
            .then(
                .created(
                    ConnectionCreated(workspace: .sample, name: "main", settings: trino(url), hasSecret: false)))
    }

    @Test(arguments: [
        "trino:8080", "ftp://trino", "https://", "http://", "https://trino/", "https://trino/v1", "https://trino?x=1",
        "https://trino#x", "https://ada:pw@trino", "https://tri no", "https://trino\\x", "HTTPS://trino", "//trino",
        "file:///etc/passwd", "https://trino/\u{301}", "https://ada@\u{301}trino", "https://tr\u{131}no",
    ])
    func `what is more or less than scheme, host and port is refused`(url: String) {
        connection.when(create(trino(url))).thenRejects(code: "url-invalid", kind: .invalid, field: "/settings/url")
    }

    @Test func `a password goes over https only`() {
        connection.when(create(trino("http://trino:8080"), hasSecret: true)).thenRejects(code: "password-over-http")
    }

    @Test func `a schema needs a catalog`() {
        connection.when(create(trino("https://trino", schema: "raw"))).thenRejects(code: "schema-without-catalog")
    }

    @Test func `texts of settings are neither empty, long nor with control characters`() {
        let long = String(repeating: "x", count: 501)
        for text in ["", long, "a\nb", "a\u{0}"] {
            connection.when(create(trino("https://trino", user: text)))
                .thenRejects(code: "setting-invalid", field: "/settings/user")
            connection.when(create(trino("https://trino", catalog: text)))
                .thenRejects(code: "setting-invalid", field: "/settings/catalog")
            connection.when(create(postgres(host: text))).thenRejects(code: "setting-invalid", field: "/settings/host")
            connection.when(create(postgres(database: text)))
                .thenRejects(code: "setting-invalid", field: "/settings/database")
            connection.when(create(postgres(user: text))).thenRejects(code: "setting-invalid", field: "/settings/user")
        }
        connection.when(create(trino("https://\(long)"))).thenRejects(code: "setting-invalid", field: "/settings/url")
    }

    @Test(arguments: ["/var/run/postgresql", "@postgres", "db,/tmp", ",", "/\u{301}tmp", "db "])
    func `a host is neither a socket nor a list`(host: String) {
        connection.when(create(postgres(host: host)))
            .thenRejects(code: "host-invalid", kind: .invalid, field: "/settings/host")
    }

    @Test(arguments: ["db.example", "10.0.0.7", "::1", "2001:db8::1", "host_1"])
    func `a name or an IP address is a host`(host: String) {
        connection.when(create(postgres(host: host)))
            .then(
                .created(
                    ConnectionCreated(
                        workspace: .sample, name: "main", settings: postgres(host: host), hasSecret: false)))
    }

    @Test(arguments: [0, -1, 65_536, .max])
    func `a port is 1 to 65535`(port: Int) {
        connection.when(create(postgres(port: port))).thenRejects(code: "port-invalid", field: "/settings/port")
    }

    @Test func `every check is noted`() {
        connection.given(.created(.trino)).when(.recordCheck(.healthy))
            .then(.checked(.healthy), repeated: .yieldsTheSame)
        connection.given(.created(.trino), .checked(.healthy)).when(.recordCheck(.unhealthy))
            .then(.checked(.unhealthy), repeated: .yieldsTheSame)
        #expect(ConnectionDecider.fold([.created(.trino), .checked(.unhealthy)]).lastCheck == .unhealthy)
    }

    @Test func `what does not exist cannot be checked`() {
        connection.when(.recordCheck(.healthy)).thenRejects(code: "connection-not-found", kind: .notFound)
    }

    @Test func `creation takes the name within its workspace, and a check takes none`() {
        let stream = StreamName(category: "connection", id: "1")
        let scope = ConnectionDecider.nameScope(.sample)
        #expect(
            ConnectionDecider.claims(of: .created(.trino), ConnectionDecider.initial, stream: stream)
                == [.take(Claim(scope: scope, name: "main"), for: stream)])
        #expect(scope != ConnectionDecider.nameScope(.sample(1)))
        #expect(scope != JobDecider.nameScope(.sample))
        let state = ConnectionDecider.fold([.created(.trino)])
        #expect(ConnectionDecider.claims(of: .checked(.healthy), state, stream: stream) == [])
    }
}
