/// What is noted about attempts that did not become anything else.
package enum SecurityCommand: Hashable, Sendable {
    case noteRefusal(CommandRefused)
    case noteExport(AuditExported)
}
