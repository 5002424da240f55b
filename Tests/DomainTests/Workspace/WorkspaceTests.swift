import Domain
import EventSourcing
import TestSupport
import Testing

@Suite struct WorkspaceTests {
    private let workspace = Specification<WorkspaceDecider>()
    private let created = WorkspaceEvent.created(WorkspaceCreated(name: "Grid", description: "north"))

    @Test func `a workspace is created with its name and description`() {
        workspace.when(.create(name: "Grid", description: "north")).then(created)
    }

    @Test func `a workspace that exists is not created again`() {
        workspace.given(created).when(.create(name: "Other", description: "")).thenNothing()
    }

    @Test func `a workspace is described anew`() {
        workspace.given(created).when(.describe(description: "south"))
            .then(.described(WorkspaceDescribed(description: "south")))
    }

    @Test func `the same description again is no event`() {
        workspace.given(created).when(.describe(description: "north")).thenNothing()
        workspace.given(created, .described(WorkspaceDescribed(description: "south")))
            .when(.describe(description: "south")).thenNothing()
    }

    @Test func `what does not exist cannot be described`() {
        workspace.when(.describe(description: "south")).thenRejects(code: "workspace-not-found", kind: .notFound)
    }

    @Test func `a name that breaks the rules is refused, with the field`() {
        workspace.when(.create(name: "", description: ""))
            .thenRejects(code: "name-invalid", kind: .invalid, field: "/name")
    }

    @Test func `a description is bounded in bytes`() {
        let most = String(repeating: "é", count: WorkspaceDecider.maximumDescription / 2)
        workspace.when(.create(name: "Grid", description: most))
            .then(.created(WorkspaceCreated(name: "Grid", description: most)))
        for command in [
            WorkspaceCommand.create(name: "Grid", description: most + "e"), .describe(description: most + "e"),
        ] {
            workspace.given(created).when(command).thenRejects(code: "description-too-long", field: "/description")
        }
    }

    @Test func `creation takes the name among all workspaces, and nothing else takes one`() {
        let stream = StreamName(category: "workspace", id: "1")
        let claims = WorkspaceDecider.claims(of: created, WorkspaceDecider.initial, stream: stream)
        #expect(claims == [.take(Claim(scope: WorkspaceDecider.nameScope, name: "Grid"), for: stream)])
        let described = WorkspaceEvent.described(WorkspaceDescribed(description: ""))
        #expect(WorkspaceDecider.claims(of: described, WorkspaceDecider.fold([created]), stream: stream) == [])
    }
}
