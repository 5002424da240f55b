extension Stylesheet {
    /// Colours. Text on its ground has a contrast of at least 4.5 to 1 in both schemes.
    static let palette = """
        :root {
            color-scheme: light dark;
            --ground: #f5f7f8; --surface: #ffffff; --raised: #f0f3f5; --line: #dfe5e9; --line-soft: #ebeff2;
            --ink: #17212b; --soft: #5a6875; --accent: #0b6b7a; --accent-ink: #ffffff; --focus: #1683e0;
            --good: #17734a; --good-ground: #e2f4ea; --bad: #b3261e; --bad-ground: #fdeae8;
            --warn: #8a5200; --warn-ground: #fdf0d9; --odd: #7434a8; --odd-ground: #f3e9fb;
            --busy: #1a5fb4; --busy-ground: #e4effb; --wait: #4d5b68; --wait-ground: #e9edf0;
            --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
            --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif;
        }
        @media (prefers-color-scheme: dark) {
            :root {
                --ground: #0f1519; --surface: #161e24; --raised: #1d272e; --line: #2a363f; --line-soft: #212c34;
                --ink: #e3eaef; --soft: #95a5b2; --accent: #5cc2d0; --accent-ink: #06272d; --focus: #6cb6ff;
                --good: #6fd3a0; --good-ground: #14342a; --bad: #ff9d94; --bad-ground: #382021;
                --warn: #f0bd6a; --warn-ground: #3a2c12; --odd: #d0a4f5; --odd-ground: #32214a;
                --busy: #8fc1ff; --busy-ground: #18304d; --wait: #a9b7c2; --wait-ground: #26313a;
            }
        }

        """
}
