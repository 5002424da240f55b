import Testing

@testable import Postgres

@Suite struct StatementCacheTests {
    private func key(_ sql: String, _ types: [UInt32] = []) -> StatementCache.Key {
        StatementCache.Key(sql: sql, types: types)
    }

    @Test func `a statement is prepared once, and used by its name after the server has confirmed it`() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.use(key("a")) == .prepare(name: "s1", deallocating: []))
        cache.confirm(key("a"))
        #expect(cache.use(key("a")) == .prepared(name: "s1"))
    }

    @Test func `while it is being prepared, others send it unprepared`() {
        var cache = StatementCache(capacity: 2)
        _ = cache.use(key("a"))
        #expect(cache.use(key("a")) == .unprepared)
    }

    @Test func `the least recently used one makes room`() {
        var cache = StatementCache(capacity: 2)
        for sql in ["a", "b"] {
            _ = cache.use(key(sql))
            cache.confirm(key(sql))
        }
        #expect(cache.use(key("a")) == .prepared(name: "s1"))
        #expect(cache.use(key("c")) == .prepare(name: "s3", deallocating: ["s2"]))
        #expect(cache.use(key("a")) == .prepared(name: "s1"))
    }

    @Test func `one that is not confirmed makes no room: its end would hurt the newcomer`() {
        var cache = StatementCache(capacity: 1)
        _ = cache.use(key("a"))
        #expect(cache.use(key("b")) == .unprepared)
        cache.confirm(key("a"))
        #expect(cache.use(key("b")) == .prepare(name: "s2", deallocating: ["s1"]))
    }

    @Test func `other types of parameters are another statement`() {
        var cache = StatementCache(capacity: 2)
        _ = cache.use(key("a", [20]))
        cache.confirm(key("a", [20]))
        #expect(cache.use(key("a", [701])) == .prepare(name: "s2", deallocating: []))
    }

    @Test func `what could not be prepared is prepared anew under another name`() {
        var cache = StatementCache(capacity: 2)
        _ = cache.use(key("a"))
        cache.forget(key("a"))
        #expect(cache.use(key("a")) == .prepare(name: "s2", deallocating: []))
    }

    @Test func `what was not deallocated is deallocated with the next one`() {
        var cache = StatementCache(capacity: 1)
        _ = cache.use(key("a"))
        cache.confirm(key("a"))
        _ = cache.use(key("b"))
        cache.putBack("s1")
        cache.forget(key("b"))
        #expect(cache.use(key("b")) == .prepare(name: "s3", deallocating: ["s1"]))
    }

    @Test func `after DISCARD ALL nothing is prepared and nothing is deallocated`() {
        var cache = StatementCache(capacity: 1)
        _ = cache.use(key("a"))
        cache.confirm(key("a"))
        cache.forgetAll()
        #expect(cache.use(key("b")) == .prepare(name: "s2", deallocating: []))
    }

    @Test func `without capacity nothing is prepared`() {
        var cache = StatementCache(capacity: 0)
        #expect(cache.use(key("a")) == .unprepared)
    }
}
