extension Stylesheet {
    /// Tables and the bars of the timeline.
    static let tables = """
        .scroll { overflow-x: auto; }
        .scroll.tall { max-height: 520px; overflow-y: auto; }
        table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: 8px 12px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line-soft); }
        th:first-child, td:first-child { padding-left: 16px; }
        th:last-child, td:last-child { padding-right: 16px; }
        thead th { padding-block: 8px; font-size: 12px; font-weight: 550; color: var(--soft); white-space: nowrap;
            background: var(--surface); border-bottom-color: var(--line); }
        tbody tr:last-child > * { border-bottom: 0; }
        tbody th { font-weight: 550; }
        tbody tr:hover > * { background: color-mix(in srgb, var(--raised) 55%, transparent); }
        .n { text-align: right; white-space: nowrap; }
        td.id { color: var(--soft); }
        time, .zone { white-space: nowrap; }
        .zone { color: var(--soft); font-size: 12px; }
        .note { display: block; max-width: 56ch; margin-top: 1px; overflow: hidden; text-overflow: ellipsis;
            white-space: nowrap; font-weight: 400; font-size: 12.5px; color: var(--soft); }
        .runs th[scope=row] { min-width: 180px; }
        .runs .note { max-width: 300px; }
        .runs th[scope=row] a, .things th a { color: var(--ink); }
        .runs th[scope=row] progress { display: block; margin: 7px 0 3px; }
        tr.fresh > * { animation: fresh 2.4s ease-out; }
        @keyframes fresh { from { background: var(--busy-ground); } }

        .spans .wide { width: 46%; min-width: 180px; }
        .spans .note { white-space: normal; }
        svg.span { display: block; width: 100%; height: 12px; margin-top: 5px; overflow: visible; }
        svg.span rect { rx: 2px; fill: var(--soft); }
        svg.span .track { fill: var(--line-soft); }
        svg.span .waiting, svg.span .retry { fill: color-mix(in srgb, var(--wait) 45%, var(--surface)); }
        svg.span .handover { fill: color-mix(in srgb, var(--accent) 55%, var(--surface)); }
        svg.span .running { fill: var(--accent); }
        svg.span .stopping { fill: var(--warn); }
        svg.span .unknown { fill: var(--odd); }
        svg.span .open { animation: pulse 1.6s ease-in-out infinite; }

        .events .says { width: 45%; overflow-wrap: anywhere; }
        .events td { padding-block: 6px; }
        .result { width: auto; min-width: 100%; }
        .result tr > :first-child { width: 1%; }
        .result td, .result th { padding-block: 5px; white-space: pre; max-width: 420px; overflow: hidden;
            text-overflow: ellipsis; }
        .result thead th { position: sticky; top: 0; color: var(--ink); }
        .result .type { margin-left: 7px; font: 400 11.5px var(--mono); color: var(--soft); }
        .result td { border-right: 1px solid var(--line-soft); font-size: 13px; }
        .result td:last-child { border-right: 0; }

        """
}
