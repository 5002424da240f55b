import EventSourcing

extension JobDecider: ReplayableDecider {
    package static func command(thatLedTo events: [JobEvent], from state: JobState) -> JobCommand? {
        switch (events.first, events.dropFirst().first, events.count) {
        case (.created(let created), .versionPublished(let published), 2):
            .create(workspace: created.workspace, name: created.name, definition: published.definition)
        case (.versionPublished(let published), nil, 1): .publishVersion(published.definition)
        case (_, _, _): nil
        }
    }
}
