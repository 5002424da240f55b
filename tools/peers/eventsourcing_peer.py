"""Measures the event store `eventsourcing` (PyPI) on the same server: inserts and catch-up reads, durable.

Reads one JSON object from standard input: `url`, `payload` (text, the bytes of one event), `seconds` (of each
measurement), `sizes` (events handed over in one call). Prints one JSON object: `insert` with events/s for each size,
`read` with events/s.

Its table is made anew, its database functions are off (its default), and psycopg's compiled half is used.
"""

import json
import sys
import time
import uuid
from urllib.parse import unquote, urlsplit

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

READ_PAGE = 1_000


def insert(recorder, topic, state, size, seconds):
    """Events a second, `size` events of as many aggregates in each call."""
    count = 0
    start = time.monotonic()
    end = start + seconds
    while time.monotonic() < end:
        recorder.insert_events([StoredEvent(uuid.uuid4(), 1, topic, state) for _ in range(size)])
        count += size
    return count / (time.monotonic() - start)


def read(recorder, seconds):
    """Events a second of a reader that catches up from the beginning, again and again."""
    count = 0
    position = 0
    start = time.monotonic()
    while time.monotonic() < start + seconds:
        page = recorder.select_notifications(start=position + 1, limit=READ_PAGE)
        count += len(page)
        position = page[-1].id if page else 0
    return count / (time.monotonic() - start)


def main():
    asked = json.load(sys.stdin)
    url = urlsplit(asked["url"])
    datastore = PostgresDatastore(
        url.path.lstrip("/"), url.hostname, url.port, unquote(url.username), unquote(url.password), pool_size=2
    )
    with datastore:
        with datastore.transaction(commit=True) as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_eventsourcing")
        recorder = PostgresApplicationRecorder(datastore, events_table_name="bench_eventsourcing")
        recorder.create_table()
        state = asked["payload"].encode()
        rates = {
            str(size): insert(recorder, "run.requested", state, size, asked["seconds"]) for size in asked["sizes"]
        }
        print(json.dumps({"insert": rates, "read": read(recorder, asked["seconds"])}))


main()
