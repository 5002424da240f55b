import EventSourcing

/// The rules of a security stream: everything is noted.
package enum SecurityDecider: Decider {
    package typealias Command = SecurityCommand
    package typealias State = SecurityState
    package typealias Codec = SecurityCodec
    package typealias Rejection = DomainRejection

    package static var initial: SecurityState { SecurityState() }

    package static func decide(
        _ command: SecurityCommand, _ state: SecurityState
    ) throws(DomainRejection) -> [SecurityEvent] {
        switch command {
        case .noteRefusal(let refusal): [.commandRefused(refusal)]
        case .noteExport(let export): [.auditExported(export)]
        }
    }

    package static func name(of command: SecurityCommand) -> String {
        switch command {
        case .noteRefusal: "security.note_refusal"
        case .noteExport: "security.note_export"
        }
    }

    package static func evolve(_ state: SecurityState, _ event: SecurityEvent) -> SecurityState { state }
}
