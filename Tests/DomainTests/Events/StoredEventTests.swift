import Domain
import EventSourcing
import Foundation
import TestSupport
import Testing

/// Stored forms are for ever: what was released is read by every later version.
@Suite struct StoredEventTests {
    private let golden = GoldenFolder()

    @Test(arguments: EventSample.all)
    func `an event is stored as it was when its type was released`(sample: EventSample) throws {
        try golden.expect(sample.encode().payload + "\n", named: sample.file)
    }

    @Test(arguments: EventSample.all)
    func `a stored event is read as what it was`(sample: EventSample) throws {
        let payload = try golden.text(named: sample.file).trimmingCharacters(in: .newlines)
        let stored = EncodedEvent(type: sample.type, schemaVersion: sample.schemaVersion, payload: payload)
        #expect(try sample.isStored(stored))
    }

    @Test func `every event type of the registry has an example, and each example a file of its own`() throws {
        #expect(Set(EventSample.all.map(\.type)) == EventRegistry.types)
        let files = EventSample.all.map(\.file)
        #expect(Set(files).count == files.count)
        #expect(try golden.names(under: "events").filter { !files.contains($0) } == ReleasedEvents.former())
    }

    @Test func `no two types have one name, and each begins with the category of its streams`() {
        let types = EventRegistry.typesByCategory.values.joined()
        #expect(types.count == EventRegistry.types.count)
        for (category, types) in EventRegistry.typesByCategory {
            for type in types {
                #expect(type.hasPrefix("\(category)."))
                #expect(type.wholeMatch(of: /[a-z]+\.[a-z]+(_[a-z]+)*/) != nil, "\(type)")
            }
        }
    }

    @Test func `categories can be told from ids in a stream's name`() throws {
        for category in EventRegistry.typesByCategory.keys {
            let name = StreamName(category: category, id: JobID.sample.description)
            #expect(StreamName(name.description) == name)
        }
    }

    @Test func `an unknown type or version is an error that names it`() {
        let unknown = EncodedEvent(type: "run.exploded", schemaVersion: 1, payload: "{}")
        let later = EncodedEvent(type: RunSucceeded.type, schemaVersion: 2, payload: "{}")
        for stored in [unknown, later] {
            let error = #expect(throws: EventDecodingError.self) { try RunCodec.decode(stored) }
            #expect(error?.description.contains("\(stored.type) v\(stored.schemaVersion)") == true)
        }
    }

    @Test(arguments: ["", "{}", "[]", "null", #"{"attempt_id":"not-a-uuid"}"#, #"{"attempt_id":7}"#])
    func `a damaged payload is an error and never a trap`(payload: String) {
        #expect(throws: EventDecodingError.self) {
            try RunCodec.decode(EncodedEvent(type: RunStarted.type, schemaVersion: 1, payload: payload))
        }
    }

    @Test func `fields that a later version adds do not stop this one from reading`() throws {
        let payload = #"{"attempt_id":"\#(AttemptID.sample)","added_later":{"a":[1]}}"#
        let event = try RunCodec.decode(EncodedEvent(type: RunStarted.type, schemaVersion: 1, payload: payload))
        #expect(event == .started(RunStarted(attempt: .sample)))
    }
}
