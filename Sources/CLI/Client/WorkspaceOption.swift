import Terminal

/// `--workspace`: for what belongs to a workspace, or is named within one.
enum WorkspaceOption {
    static let required = Option(
        required: "workspace", short: "w", .text, placeholder: "WORKSPACE", environment: "WEIR_WORKSPACE",
        summary: "the workspace's id or name")
    static let optional = Option(
        "workspace", short: "w", .text, placeholder: "WORKSPACE", environment: "WEIR_WORKSPACE",
        summary: "the workspace's id or name")
}
