#!/usr/bin/env python3
"""Writes the vectors of this folder with hashlib and json alone, from lib/kernel/recording/README.md; salts are counted, so it writes the same each time."""

import base64
import hashlib
import json
import pathlib

here = pathlib.Path(__file__).parent
sha256 = lambda data: hashlib.sha256(data).digest()
b64 = lambda data: base64.b64encode(data).decode()
u64 = lambda n: n.to_bytes(8, "big")


def root(hashes):
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return sha256(b"\x01" + root(hashes[:k]) + root(hashes[k:]))


def event(time, kind, data):
    return f"[{time // 1000000}.{time % 1000000:06d}, \"{kind}\", {json.dumps(data, ensure_ascii=False)}]"


SESSION = "ses_example"
header = '{"env":{"TERM":"xterm-256color"},"height":24,"timestamp":1795341600,"version":2,"width":80}'
events = [
    (1500, "o", "\x1b[1;36m$\x1b[0m "),
    (2250000, "m", "command systemctl status edge"),
    (2250100, "o", "systemctl status edge\r\n"),
    (2400000, "o", "● edge.service – “running” \ud83d\ude00\u2028\\\"\b\f\t\x00\x7f\r\n".encode("utf-16", "surrogatepass").decode("utf-16")),
    (3000000, "r", "120x34"),
    (3000000, "o", "token=s3cr3t\r\n"),
    (65000001, "m", "refused cat /etc/shadow"),
    (86400000000, "m", "end grant expired"),
]
times = [0] + [time for time, _, _ in events]
kinds = ["h"] + [kind for _, kind, _ in events]
lines = [header] + [event(*each) for each in events]
salts = [bytes([n] * 16) for n in range(len(lines))]
commitments = [
    sha256(b"cordon/recording/line/v1\n" + u64(n) + salt + line.encode()) for n, (salt, line) in enumerate(zip(salts, lines))
]
leaves = [
    sha256(b"\x00cordon/recording/entry/v1\n" + u64(time) + kind.encode() + commitment)
    for time, kind, commitment in zip(times, kinds, commitments)
]
roots = [root(leaves[:n]) for n in range(1, len(lines) + 1)]
HEADS, REDACTED = {4: "open", 9: "final"}, [3, 6, 7]


def file(redacted):
    rows = [f"cordon/recording/v1 {SESSION}"]
    for n, line in enumerate(lines):
        if n in redacted:
            rows.append(f"- {n} {times[n]} {kinds[n]} {b64(commitments[n])}")
        else:
            rows.append(f"= {n} {b64(salts[n])} {b64(commitments[n])} {line}")
        if n + 1 in HEADS:
            rows.append(f"# {n + 1} {times[n]} {HEADS[n + 1]} {b64(roots[n])}")
    return "".join(f"{row}\n" for row in rows).encode()


def cast(redacted):
    stub = lambda n: event(times[n], kinds[n], "\x18[redacted]" if kinds[n] == "o" else "note [redacted]")
    return "".join(f"{stub(n) if n in redacted else line}\n" for n, line in enumerate(lines)).encode()


heads = [
    {"final": HEADS[n] == "final", "lines": n, "root": b64(roots[n - 1]), "session": SESSION, "time": times[n - 1]} for n in HEADS
]
(here / "example.rec").write_bytes(file([]))
(here / "redacted.rec").write_bytes(file(REDACTED))
(here / "example.cast").write_bytes(cast([]))
(here / "redacted.cast").write_bytes(cast(REDACTED))
(here / "heads.ndjson").write_text("".join(json.dumps(head, separators=(",", ":")) + "\n" for head in heads))
vectors = {
    "about": "Made by make.py with hashlib, not with the code under test. Hashes and salts are hex.",
    "session": SESSION,
    "redacted": REDACTED,
    "lines": [
        {"line": line, "time": time, "kind": kind, "salt": salt.hex(), "commitment": commitment.hex(), "leaf": leaf.hex(), "root": each.hex()}
        for line, time, kind, salt, commitment, leaf, each in zip(lines, times, kinds, salts, commitments, leaves, roots)
    ],
    "root": roots[-1].hex(),
}
(here / "vectors.json").write_text(json.dumps(vectors, indent=1, ensure_ascii=True) + "\n")
