import EventSourcing
import Foundation
import Testing

struct EventMetadataTests {
    private static let awkward = "é \" \\ \n \u{0} \u{1F} \u{7F} 🌊 / </script>"

    private static var full: EventMetadata {
        var metadata = EventMetadata(
            actor: "user:" + awkward, onBehalfOf: awkward, requestID: awkward, correlation: awkward, causation: .max,
            idempotencyKey: awkward, clientAddress: awkward, traceParent: awkward)
        metadata.command = awkward
        metadata.commandEvents = 2
        return metadata
    }

    @Test("What is stored reads back as what it was", arguments: [EventMetadata(actor: "system:local"), full])
    func roundTrip(metadata: EventMetadata) throws {
        #expect(try JSONDecoder().decode(EventMetadata.self, from: Data(metadata.jsonText().utf8)) == metadata)
        #expect(try EventMetadata(jsonText: metadata.jsonText()) == metadata)
    }

    @Test(
        "Metadata in any other form of JSON are read as well",
        arguments: [
            #" { "actor" : "a" } "#, #"{"actor":"a","later":[1,{"x":null}]}"#, #"{"command":null,"actor":"a"}"#,
            #"{"actor":"\u0061"}"#,
        ])
    func otherForms(text: String) throws {
        #expect(try EventMetadata(jsonText: text) == EventMetadata(actor: "a"))
    }

    @Test(
        "What are no metadata are refused",
        arguments: ["", "{}", "{\"actor\":1}", "{\"actor\":\"a\"", "{\"actor\":\"a\"}}", "[]"])
    func refused(text: String) {
        #expect(throws: (any Error).self) { try EventMetadata(jsonText: text) }
    }

    @Test func `it is stored as an encoder with sorted keys would, for texts that need no escape`() throws {
        var metadata = EventMetadata(
            actor: "user:ada", onBehalfOf: "b", requestID: "r", correlation: "c", causation: 7, idempotencyKey: "k",
            clientAddress: "127.0.0.1", traceParent: "t")
        metadata.command = "run.request"
        metadata.commandEvents = 3
        #expect(try EventMetadata(jsonText: metadata.jsonText()) == metadata)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(metadata.jsonText() == String(decoding: try encoder.encode(metadata), as: UTF8.self))
    }
}
