package import ControlPlane

/// The log's evidence: the newest checkpoints, and how everybody can check them.
package struct AuditPage {
    /// The newest first.
    package var checkpoints: [KeptCheckpoint]
    /// The cursor of the next page, nil at the end.
    package var next: String?
    /// Whether these are not the newest.
    package var isContinued: Bool
    /// The seq of the last event.
    package var head: Int64

    package init(checkpoints: [KeptCheckpoint], next: String?, isContinued: Bool, head: Int64) {
        self.checkpoints = checkpoints
        self.next = next
        self.isContinued = isContinued
        self.head = head
    }

    package var html: HTML {
        Layout(title: "Audit", section: .audit).page(
            """
            <div class="head"><h1>Audit</h1></div>
            \(isContinued ? "" : summary)
            <div class="card">\(checkpoints.isEmpty ? emptiness : table)</div>
            \(Paging(path: "/audit", next: next).html)
            """)
    }

    private var summary: HTML {
        guard let newest = checkpoints.first else { return "" }
        let note = (try? SignedNote(newest.note)).flatMap { try? Checkpoint(text: $0.text) }
        let open = max(0, head - newest.size)
        return """
            <div class="card">
            <dl class="facts">
            <div><dt>Sealed events</dt><dd>\(newest.size)</dd></div>
            <div><dt>Not yet sealed</dt><dd>\(open)</dd></div>
            <div><dt>Signed</dt><dd>\(PageText.time(newest.signedAt))</dd></div>
            <div><dt>Log</dt><dd><code>\(note?.origin ?? "")</code></dd></div>
            <div><dt>Root hash</dt><dd><code>\(newest.root.base64)</code></dd></div>
            </dl>
            <p class="foot">Whoever has the public key can verify the whole log, without this server:</p>
            <pre class="code"><code>weir audit export log.jsonl
            weir audit verify log.jsonl --public-key KEY --witness PLACE</code></pre>
            </div>
            """
    }

    private var table: HTML {
        """
        <div class="scroll"><table class="things">
        <caption class="unseen">Signed checkpoints, the newest first</caption>
        <thead><tr><th scope="col">Checkpoint</th><th scope="col">Signed</th><th scope="col" class="n">Events</th>\
        <th scope="col">Root hash</th></tr></thead>
        <tbody>
        \(checkpoints.map(row))
        </tbody></table></div>
        """
    }

    private func row(_ checkpoint: KeptCheckpoint) -> HTML {
        """
        <tr><th scope="row"><a href="/api/v1/audit/checkpoint?tree_size=\(checkpoint.size)">\(checkpoint.number)</a></th>\
        <td>\(PageText.time(checkpoint.signedAt))</td><td class="n">\(checkpoint.size)</td>\
        <td><code>\(checkpoint.root.base64)</code></td></tr>

        """
    }

    private var emptiness: HTML {
        """
        <div class="empty"><h2>No checkpoint has been signed</h2><p>The server needs a key: <code>weir audit keygen FILE\
        </code>, then <code>weir serve --checkpoint-key-file FILE</code>.</p></div>
        """
    }
}
