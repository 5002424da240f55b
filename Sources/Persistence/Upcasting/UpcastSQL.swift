import Domain
import EventSourcing

/// How SQL reads events of older schema versions: by the upcasts that Swift reads them by.
enum UpcastSQL {
    /// PL/pgSQL statements that bring the payload of `e` to this program's version of its type.
    ///
    /// `e` has the columns of `event_log`, its payload as `jsonb`. An event of a newer version is an error (WE004): what it says
    /// would only be guessed. The event is not to blame: a read model of a former version waits until a new one is made. Costs one comparison for each event of a type that never changed.
    ///
    /// - Parameter types: The types that `e` may have.
    static func statements(
        for types: [String], upcasts: [String: [Upcast]] = EventRegistry.upcasts
    ) -> String {
        let changed = types.filter { upcasts[$0] != nil }
        let versions = changed.map { "WHEN \($0.quotedLiteral) THEN \((upcasts[$0]?.count ?? 0) + 1) " }.joined()
        let newest = changed.isEmpty ? "1" : "CASE e.type \(versions)ELSE 1 END"
        let isAffected =
            changed.isEmpty ? "" : " OR e.type IN (\(changed.map(\.quotedLiteral).joined(separator: ", ")))"
        return """
            IF e.schema_version <> 1\(isAffected) THEN
                IF e.schema_version > (\(newest)) THEN
                    RAISE EXCEPTION 'event % (%) has schema version %, which this read model does not know', e.seq, e.type,
                        e.schema_version USING ERRCODE = 'WE004', HINT = 'run the newer program';
                END IF;
            \(changed.map { branch(for: $0, upcasts[$0] ?? []) }.joined())END IF;
            """
    }

    /// What changes when such an event is read otherwise than before: then a read model has to be made anew.
    static func fingerprint(of types: [String], upcasts: [String: [Upcast]] = EventRegistry.upcasts) -> String {
        types.compactMap { type in upcasts[type].map { branch(for: type, $0) } }.joined()
    }

    private static func branch(for type: String, _ upcasts: [Upcast]) -> String {
        let steps = upcasts.enumerated().map { index, changes in
            """
                    IF e.schema_version <= \(index + 1) THEN
            \(changes.map { "            e.payload := \($0.sql(on: "e.payload"));\n" }.joined())        END IF;

            """
        }
        return "    IF e.type = \(type.quotedLiteral) THEN\n\(steps.joined())    END IF;\n"
    }
}
