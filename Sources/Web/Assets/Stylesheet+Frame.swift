extension Stylesheet {
    /// The page itself: type, bar, headings, cards.
    static let frame = """
        *, *::before, *::after { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 var(--sans);
            -webkit-font-smoothing: antialiased; }
        a { color: var(--accent); text-decoration: none; }
        a:hover { text-decoration: underline; text-underline-offset: 2px; }
        :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
        code, pre, .id { font-family: var(--mono); font-size: 12.5px; }
        .soft { color: var(--soft); font-weight: 400; }
        .unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
            white-space: nowrap; }
        caption.unseen { position: static; display: block; height: 0; width: 0; margin: 0; }
        .skip { position: absolute; left: 12px; top: -48px; z-index: 2; padding: 8px 14px; background: var(--accent);
            color: var(--accent-ink); border-radius: 0 0 6px 6px; }
        .skip:focus { top: 0; }

        .bar { display: flex; align-items: center; gap: 28px; height: 52px; padding: 0 24px; background: var(--surface);
            border-bottom: 1px solid var(--line); }
        .brand { display: flex; align-items: center; gap: 9px; font-size: 16px; font-weight: 650; letter-spacing: -.01em;
            color: var(--ink); }
        .brand:hover { text-decoration: none; }
        .brand svg { color: var(--accent); }
        .bar nav { align-self: stretch; flex: 1; }
        .bar ul { display: flex; gap: 4px; height: 100%; margin: 0; padding: 0; list-style: none; }
        .bar li { display: flex; }
        .bar nav a { display: flex; align-items: center; padding: 0 12px; color: var(--soft); font-weight: 500;
            border-block: 2px solid transparent; }
        .bar nav a:hover { color: var(--ink); text-decoration: none; }
        .bar nav a[aria-current] { color: var(--ink); border-bottom-color: var(--accent); }
        .live { display: inline-flex; align-items: center; gap: 7px; font-size: 12.5px; color: var(--soft); }
        .live[hidden] { display: none; }
        .live i { width: 8px; height: 8px; border-radius: 50%; background: var(--good); }
        .live.lost i { background: var(--warn); }
        .as-of { display: flex; align-items: center; gap: 6px; margin: 0; font-size: 12.5px; color: var(--soft); }
        .as-of label { display: flex; align-items: center; white-space: nowrap; }
        .as-of input { flex: 1; width: 19ch; min-width: 0; }
        .past { margin: 0 0 16px; padding: 10px 16px; border: 1px solid var(--warn); border-radius: 10px;
            background: var(--surface); }

        main { max-width: 1240px; margin: 0 auto; padding: 24px 24px 64px; }
        h1 { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; margin: 0; font-size: 22px; line-height: 1.3;
            font-weight: 650; letter-spacing: -.015em; overflow-wrap: anywhere; }
        h2 { margin: 0; font-size: 14px; font-weight: 650; }
        .head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: flex-start; gap: 12px 24px;
            margin-bottom: 18px; }
        .sub { margin: 3px 0 0; color: var(--soft); }
        .crumbs { margin-bottom: 8px; color: var(--soft); font-size: 13px; }
        .crumbs span { padding: 0 4px; opacity: .6; }
        .actions { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; }
        .card { margin-bottom: 16px; background: var(--surface); border: 1px solid var(--line); border-radius: 10px;
            overflow: hidden; }
        .card > h2 { display: flex; flex-wrap: wrap; align-items: baseline; gap: 10px; padding: 13px 16px 11px;
            border-bottom: 1px solid var(--line-soft); }
        .card > .foot { margin: 0; padding: 10px 16px; color: var(--soft); border-top: 1px solid var(--line-soft); }
        .links { display: inline-flex; gap: 14px; margin-left: auto; font-weight: 500; font-size: 13px; }
        .empty { padding: 56px 24px; text-align: center; color: var(--soft); }
        .empty h1 { justify-content: center; margin-bottom: 6px; color: var(--ink); }
        .empty h2 { margin-bottom: 6px; font-size: 16px; color: var(--ink); }
        .empty p { max-width: 46ch; margin: 0 auto; }

        """
}
