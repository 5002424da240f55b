extension RunDecider {
    package static func name(of command: RunCommand) -> String {
        switch command {
        case .request: "run.request"
        case .requestCancel: "run.request_cancel"
        case .resolve: "run.resolve"
        case .admit: "run.admit"
        case .queue: "run.queue"
        case .intendDispatch: "run.intend_dispatch"
        case .recordDispatch: "run.record_dispatch"
        case .recordStart: "run.record_start"
        case .recordProgress: "run.record_progress"
        case .failAttempt: "run.fail_attempt"
        case .scheduleRetry: "run.schedule_retry"
        case .adopt: "run.adopt"
        case .confirmCancel: "run.confirm_cancel"
        case .timeOut: "run.time_out"
        case .succeed: "run.succeed"
        case .fail: "run.fail"
        case .reportUnknown: "run.report_unknown"
        }
    }
}
