import Terminal

enum ServeCommand {
    static let command = Command(
        "serve", summary: "answer the API and the pages, keep the read models up, and drive the runs",
        discussion: """
            Any number of processes may serve one database: they share the work by leases. A first SIGTERM or SIGINT lets answers that are under way end; runs are taken up again by the next process.
            """, parameters: [ServeSettings.databaseURL, ServeSettings.keyFile] + ServeSettings.behaviour
    ) { arguments, _ in
        let settings = try ServeSettings(
            arguments, databaseURL: arguments[ServeSettings.databaseURL], keyFile: arguments[ServeSettings.keyFile],
            sealing: SealingSettings(arguments))
        try await WeirServer(settings).run()
    }
}
