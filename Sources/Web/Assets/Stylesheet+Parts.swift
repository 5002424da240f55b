extension Stylesheet {
    /// Badges, buttons, forms, facts, what went wrong.
    static let parts = """
        .badge { display: inline-flex; align-items: center; gap: 6px; padding: 1px 9px 1px 8px; border-radius: 99px;
            font-size: 12.5px; line-height: 20px; font-weight: 550; letter-spacing: 0; white-space: nowrap; }
        .badge::before { content: ""; width: 7px; height: 7px; border-radius: 50%; background: currentColor; }
        .badge.good { color: var(--good); background: var(--good-ground); }
        .badge.bad { color: var(--bad); background: var(--bad-ground); }
        .badge.warn { color: var(--warn); background: var(--warn-ground); }
        .badge.odd { color: var(--odd); background: var(--odd-ground); }
        .badge.busy { color: var(--busy); background: var(--busy-ground); }
        .badge.wait, .badge.calm { color: var(--wait); background: var(--wait-ground); }
        .badge.wait::before { background: transparent; box-shadow: inset 0 0 0 1.5px currentColor; }
        .badge.bad::before { border-radius: 1px; }
        .badge.busy::before { animation: pulse 1.6s ease-in-out infinite; }
        @keyframes pulse { 50% { opacity: .3; } }

        button, .button, .actions > a { display: inline-flex; align-items: center; height: 32px; padding: 0 14px;
            font: 500 13px/1 var(--sans); color: var(--ink); background: var(--surface); border: 1px solid var(--line);
            border-radius: 7px; cursor: pointer; }
        button:hover, .actions > a:hover { background: var(--raised); text-decoration: none; }
        button:disabled { color: var(--soft); cursor: default; background: var(--raised); }
        button.danger { color: var(--bad); border-color: color-mix(in srgb, var(--bad) 40%, var(--line)); }
        button.danger:hover { background: var(--bad-ground); }
        button.main { color: var(--accent-ink); background: var(--accent); border-color: transparent; }
        button.main:hover { filter: brightness(1.08); }
        form { margin: 0; }
        label { font-size: 12.5px; color: var(--soft); }
        select, input { height: 32px; margin-left: 6px; padding: 0 10px; font: 13px var(--sans); color: var(--ink);
            background: var(--surface); border: 1px solid var(--line); border-radius: 7px; }
        .filters { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 18px; margin-bottom: 14px; }
        .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 12px 16px;
            padding: 14px 16px; align-items: end; }
        .fields label { display: block; }
        .fields input { display: block; width: 100%; margin: 4px 0 0; }
        .paging { display: flex; justify-content: flex-end; gap: 16px; font-weight: 500; }

        .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); margin: 0; padding: 14px 16px;
            gap: 14px 24px; }
        .facts dt { font-size: 12px; color: var(--soft); }
        .facts dd { margin: 1px 0 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
        .trouble { margin-bottom: 16px; padding: 14px 16px; background: var(--bad-ground); border-radius: 10px;
            border-left: 4px solid var(--bad); }
        .trouble.odd { background: var(--odd-ground); border-left-color: var(--odd); }
        .trouble p { margin: 6px 0 0; }
        .trouble pre { margin: 8px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 320px; overflow: auto; }
        .tag { padding: 1px 8px; border-radius: 5px; background: var(--surface); font-size: 12.5px; font-weight: 550; }
        .code { margin: 0; padding: 14px 16px; max-height: 420px; overflow: auto; line-height: 1.6; tab-size: 4; }
        progress { display: inline-block; width: 90px; height: 6px; margin-left: 8px; vertical-align: 1px; appearance: none;
            border: 0; border-radius: 3px; background: var(--wait-ground); overflow: hidden; }
        progress::-webkit-progress-bar { background: var(--wait-ground); }
        progress::-webkit-progress-value { background: var(--busy); }
        progress::-moz-progress-bar { background: var(--busy); }

        @media (prefers-reduced-motion: reduce) { *, *::before { animation: none !important; } }
        @media (max-width: 700px) { .bar, main { padding-inline: 14px; }
            .bar { flex-wrap: wrap; gap: 0 14px; height: auto; } .bar nav { height: 52px; }
            .bar .as-of { width: 100%; padding-bottom: 10px; } .as-of label { flex: 1; } }

        """
}
