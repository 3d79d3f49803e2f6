"""The activity recorder in the shape Python's standard library suggests.

Threads hand their records to the event loop with call_soon_threadsafe; the loop numbers, serialises and chains each one,
inserts and commits it with sqlite3, then gives it to whoever watches. Same schema, same pragmas, same durability.

Usage: asyncio_recorder.py FILE RECORDS THREADS  ->  JSON on standard output
"""

import asyncio
import hashlib
import json
import sqlite3
import sys
import threading
import time

SCHEMA = """
create table activity_log (seq integer primary key, ts integer not null, category text not null, action text not null,
  severity text not null, actor text not null, message text not null, entity_type text, entity_id text, entity_name text,
  metadata text not null, hash blob not null);
create index activity_log_entity on activity_log (entity_id) where entity_id is not null;
create index activity_log_notable on activity_log (seq, severity) where severity <> 'info';
create index activity_log_person on activity_log (actor) where actor <> 'system';
create index activity_log_auth on activity_log (seq) where category = 'auth';
"""
INSERT = "insert into activity_log values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Recorder:
    def __init__(self, file: str, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.execute("pragma auto_vacuum = INCREMENTAL")
        self.db.execute("pragma journal_mode = WAL")
        self.db.execute("pragma synchronous = FULL")
        self.db.executescript(SCHEMA)
        self.seq = 0
        self.hash = hashlib.sha256(b"log").digest()
        self.watchers: list[asyncio.Queue[str]] = []

    def record(self, details: dict) -> None:
        """From any thread."""
        self.loop.call_soon_threadsafe(self._write, details, time.time_ns() // 1_000_000)

    def _write(self, details: dict, ts: int) -> None:
        seq = self.seq + 1
        entity = details["entity"]
        metadata = json.dumps(details["metadata"])
        entry = {
            "id": f"al_{seq:08x}",
            "ts": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ts // 1000)) + f".{ts % 1000:03d}Z",
            "category": "entity",
            "action": "entity_updated",
            "severity": "info",
            "actor": "system",
            "message": details["message"],
            "entity_type": entity["type"],
            "entity_id": entity["id"],
            "entity_name": entity["name"],
            "metadata": details["metadata"],
        }
        text = json.dumps(entry)
        digest = hashlib.sha256(self.hash + seq.to_bytes(8, "big") + text.encode()).digest()
        self.db.execute(
            INSERT,
            (seq, ts, "entity", "entity_updated", "info", "system", details["message"], entity["type"], entity["id"],
             entity["name"], metadata, digest),
        )
        self.seq, self.hash = seq, digest
        frame = f'{{"type":"activity_logged","seq":{seq},"entry":{text}}}'
        for watcher in self.watchers:
            watcher.put_nowait(frame)


async def main(file: str, count: int, threads: int) -> None:
    loop = asyncio.get_running_loop()
    recorder = Recorder(file, loop)
    watcher: asyncio.Queue[str] = asyncio.Queue()
    recorder.watchers.append(watcher)
    details = {
        "message": 'The target "TV lights" was changed: brightness from 1 to 0.5.',
        "entity": {"type": "target", "id": "tgt_0123456789ab", "name": "TV lights"},
        "metadata": {"changes": {"brightness": {"from": 1, "to": 0.5}}},
    }

    def offer(share: int) -> None:
        for _ in range(share):
            recorder.record(details)

    started = time.perf_counter()
    workers = [threading.Thread(target=offer, args=(count // threads,)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for _ in range(count // threads * threads):
        await watcher.get()
    seconds = time.perf_counter() - started
    for worker in workers:
        worker.join()
    stored = recorder.db.execute("select count(*) from activity_log").fetchone()[0]
    recorder.db.close()
    print(json.dumps({"stored": stored, "per_second": stored / seconds, "python": sys.version.split()[0]}))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
