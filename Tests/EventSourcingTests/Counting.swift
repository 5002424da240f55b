import EventSourcing

/// A small stream of its own for tests of the transact loop: a counter that has a name and may be closed.
enum CounterDecider: Decider {
    enum Command: Hashable, Sendable {
        case open(name: String)
        case add(Int)
        /// As many events as it says.
        case burst(Int)
        case close
    }

    struct State: Hashable, Sendable {
        var name: String?
        var sum = 0
        var isClosed = false
    }

    struct Refusal: Error, Hashable {
        let rule: String
    }

    typealias Codec = CounterCodec
    typealias Rejection = Refusal

    static var initial: State { State() }

    static func decide(_ command: Command, _ state: State) throws(Refusal) -> [CounterEvent] {
        switch command {
        case .open(let name):
            if state.name == name { return [] }
            if state.name != nil { throw Refusal(rule: "a counter has one name") }
            return [.opened(CounterOpened(name: name))]
        case .add(let amount):
            if state.name == nil { throw Refusal(rule: "a counter is opened first") }
            return amount == 0 ? [] : [.added(CounterAdded(amount: amount))]
        case .burst(let count): return (0..<count).map { .added(CounterAdded(amount: $0)) }
        case .close: return state.isClosed ? [] : [.closed(CounterClosed())]
        }
    }

    static func name(of command: Command) -> String {
        switch command {
        case .open: "counter.open"
        case .add: "counter.add"
        case .burst: "counter.burst"
        case .close: "counter.close"
        }
    }

    static func evolve(_ state: State, _ event: CounterEvent) -> State {
        var state = state
        switch event {
        case .opened(let opened): state.name = opened.name
        case .added(let added): state.sum += added.amount
        case .closed: state.isClosed = true
        }
        return state
    }

    static func claims(of event: CounterEvent, _ state: State, stream: StreamName) -> [ClaimChange] {
        switch event {
        case .opened(let opened): [.take(Claim(scope: "counters", name: opened.name), for: stream)]
        case .added: []
        case .closed: state.name.map { [.release(Claim(scope: "counters", name: $0), by: stream)] } ?? []
        }
    }

    static func isClosed(_ state: State) -> Bool { state.isClosed }
}

enum CounterEvent: Hashable, Sendable {
    case opened(CounterOpened)
    case added(CounterAdded)
    case closed(CounterClosed)
}

struct CounterOpened: EventPayload {
    static let type = "counter.opened"
    let name: String
}

struct CounterAdded: EventPayload {
    static let type = "counter.added"
    let amount: Int
}

struct CounterClosed: EventPayload {
    static let type = "counter.closed"
}

enum CounterCodec: EventCodec {
    static let category = "counter"

    static let payloads: [PayloadCoding<CounterEvent>] = [
        .init(CounterOpened.self, CounterEvent.opened), .init(CounterAdded.self, CounterEvent.added),
        .init(CounterClosed.self, CounterEvent.closed),
    ]

    static func payload(of event: CounterEvent) -> any EventPayload {
        switch event {
        case .opened(let payload): payload
        case .added(let payload): payload
        case .closed(let payload): payload
        }
    }
}
