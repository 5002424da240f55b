/// Keeps a page up to date while it is looked at. Pages work without it.
enum Script {
    static let text = #"""
        "use strict";
        // What is news comes over one stream of events; the page is then fetched again, and only what differs is changed.
        const main = document.getElementById("main");
        const indicator = document.getElementById("live");
        const announcer = document.getElementById("announcer");
        const shortestInterval = 400;
        let newest = 0, isFetching = false, isDue = false, lastFetch = 0;

        /// Makes `old` like `fresh`, touching only what differs: focus, scroll positions and animations stay.
        function renew(old, fresh) {
            if (old.isEqualNode(fresh)) return;
            if (old.nodeName !== fresh.nodeName || (old.id && old.id !== fresh.id)) return old.replaceWith(fresh);
            if (old.nodeType !== Node.ELEMENT_NODE) { old.nodeValue = fresh.nodeValue; return; }
            for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
            for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
            const named = new Map([...old.children].filter(child => child.id).map(child => [child.id, child]));
            let place = old.firstChild;
            for (const child of [...fresh.childNodes]) {
                const known = child.id ? named.get(child.id) : null;
                if (known) {
                    if (known === place) place = place.nextSibling; else old.insertBefore(known, place);
                    renew(known, child);
                } else if (place && !place.id && !child.id && place.nodeName === child.nodeName) {
                    const next = place.nextSibling;
                    renew(place, child);
                    place = next;
                } else {
                    if (child.nodeName === "TR") child.classList.add("fresh");
                    old.insertBefore(child, place);
                }
            }
            while (place) { const next = place.nextSibling; place.remove(); place = next; }
        }

        function statusOf(root) {
            const badge = root.querySelector("h1 .badge");
            return badge ? badge.textContent : null;
        }

        async function refresh() {
            isDue = true;
            if (isFetching || document.hidden) return;
            isFetching = true;
            while (isDue && !document.hidden) {
                await new Promise(done => setTimeout(done, Math.max(0, lastFetch + shortestInterval - Date.now())));
                isDue = false;
                lastFetch = Date.now();
                try {
                    const answer = await fetch(location.href, { headers: { "Weir-Min-Seq": String(newest) } });
                    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
                    else if (answer.status === 503) isDue = true;
                } catch { isDue = true; await new Promise(done => setTimeout(done, 2000)); }
            }
            isFetching = false;
        }

        function show(page) {
            const before = statusOf(main), after = statusOf(page);
            for (const part of page.querySelectorAll("[data-part]")) {
                const old = document.getElementById(part.id);
                if (old) renew(old, document.importNode(part, true));
            }
            if (after && before !== after) announcer.textContent = "The run is now: " + after;
            document.title = page.title;
            tick();
            const live = page.getElementById("main").dataset.live;
            if (live) main.dataset.live = live;
            else { delete main.dataset.live; disconnect(); if (indicator) indicator.hidden = true; }
        }

        /// Durations that go on, counted here so that they move without asking.
        function tick() {
            // What was going on in the past goes on no further on its page.
            if (!main.dataset.live) return;
            for (const element of document.querySelectorAll(".ticks")) {
                const seconds = Math.max(0, (Date.now() - Date.parse(element.dataset.since)) / 1000);
                const two = value => String(Math.floor(value)).padStart(2, "0");
                const text = seconds < 60 ? seconds.toFixed(0) + " s"
                    : seconds < 3600 ? Math.floor(seconds / 60) + " min " + two(seconds % 60) + " s"
                    : seconds < 86400 ? Math.floor(seconds / 3600) + " h " + two(seconds / 60 % 60) + " min"
                    : Math.floor(seconds / 86400) + " d " + two(seconds / 3600 % 24) + " h";
                if (element.textContent !== text) element.textContent = text;
            }
        }

        let source = null, pause = 0;

        /// Listens for what comes after what the page shows. A page that nobody sees does not: a browser opens six
        /// connections to a server, and each that listens holds one.
        function connect() {
            clearTimeout(pause);
            if (source || document.hidden || !main.dataset.live) return;
            source = new EventSource(main.dataset.live);
            source.onopen = () => { indicator.hidden = false; indicator.classList.remove("lost");
                indicator.lastElementChild.textContent = "Live"; };
            source.onerror = lost;
            source.onmessage = note;
            for (const type of ["requested", "admitted", "queued", "dispatch_intended", "dispatched", "started", "progressed",
                "attempt_failed", "retry_scheduled", "adopted", "cancel_requested", "cancelled", "timed_out", "result_recorded",
                "succeeded", "failed", "outcome_unknown", "resolved"]) source.addEventListener("run." + type, note);
        }

        function note(event) {
            const seq = Number(event.lastEventId);
            if (seq > newest) { newest = seq; refresh(); }
        }

        /// The browser tries again by itself when there is no answer. It does not after one that is no stream: too many
        /// streams, another log than before, a proxy whose server is away. Then the page is fetched anew, whatever was seen.
        function lost() {
            indicator.classList.add("lost");
            indicator.lastElementChild.textContent = "Reconnecting";
            if (source.readyState !== EventSource.CLOSED) return;
            disconnect();
            newest = 0;
            refresh();
            pause = setTimeout(connect, 5000);
        }

        function disconnect() {
            clearTimeout(pause);
            if (source) source.close();
            source = null;
        }

        if (main.dataset.live && window.EventSource) {
            connect();
            document.addEventListener("visibilitychange", () => {
                if (document.hidden) return disconnect();
                connect();
                refresh();
            });
            window.addEventListener("pagehide", disconnect);
            window.addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
        }
        tick();
        setInterval(tick, 1000);

        """#
}
