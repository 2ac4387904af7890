#!/usr/bin/env python3
"""Verifies screen records as lib/kernel/recording/README.md specifies them. Python 3 and its standard library, nothing of Cordon.

usage: verify_recording.py [--heads FILE] [--running] FILE...
Prints one JSON object per file: {"ok": true, "lines": n, "redacted": n, "root": "..."} or {"ok": false, "code": "...", "line": n or null}.
"""

import base64
import hashlib
import json
import re
import sys

MAX_LINE, MAX_ROW, MAX_LINES, MAX_FILE, MAX_TIME = 65536, 65664, 4194304, 1073741824, 86400000000
NUMBER = r"(0|[1-9][0-9]{0,11})"
HASH = r"([A-Za-z0-9+/]{43}=)"
FIRST = re.compile(r"cordon/recording/v1 ([A-Za-z0-9_-]{1,64})")
LINE = re.compile(rf"= {NUMBER} ([A-Za-z0-9+/]{{22}}==) {HASH} (.+)", re.DOTALL)
STUB = re.compile(rf"- {NUMBER} {NUMBER} ([orm]) {HASH}")
HEAD = re.compile(rf"# {NUMBER} {NUMBER} (open|final) {HASH}")
HEADER = re.compile(
    r'\{"env":\{"TERM":"[A-Za-z0-9._+-]{1,64}"\},"height":([1-9][0-9]{0,2}),"timestamp":[1-9][0-9]{0,11},"version":2,"width":([1-9][0-9]{0,2})\}'
)
EVENT = re.compile(r'\[(0|[1-9][0-9]{0,4})\.([0-9]{6}), "([orm])", (".*")\]', re.DOTALL)
SIZE = re.compile(r"([1-9][0-9]{0,2})x([1-9][0-9]{0,2})")
MARK = re.compile(r"(?:command|refused|note|end) ([^\x00-\x1f\x7f-\x9f]+)")


class Fault(Exception):
    def __init__(self, code, line=None):
        super().__init__(code)
        self.code, self.line = code, line


def sha256(data):
    return hashlib.sha256(data).digest()


def strict_base64(text):
    """None for a spelling with bits under the padding."""
    data = base64.b64decode(text, validate=True)
    return data if base64.b64encode(data).decode() == text else None


def u64(number):
    return number.to_bytes(8, "big")


class Tree:
    """The roots of the complete subtrees, largest first."""

    def __init__(self):
        self.size, self.roots = 0, []

    def append(self, leaf):
        rest = self.size
        while rest & 1:
            leaf = sha256(b"\x01" + self.roots.pop() + leaf)
            rest >>= 1
        self.roots.append(leaf)
        self.size += 1

    def root(self):
        if not self.roots:
            return sha256(b"")
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = sha256(b"\x01" + left + root)
        return root


def commit(number, salt, line):
    return sha256(b"cordon/recording/line/v1\n" + u64(number) + salt + line)


def leaf(time, kind, commitment):
    return sha256(b"\x00cordon/recording/entry/v1\n" + u64(time) + kind.encode() + commitment)


def is_size(columns, rows):
    return int(columns) <= 512 and int(rows) <= 256


def is_header(text):
    match = HEADER.fullmatch(text)
    return match is not None and is_size(match[2], match[1])


def event(text):
    """(time, kind), or None."""
    match = EVENT.fullmatch(text)
    if not match:
        return None
    seconds, micros, kind, quoted = match.groups()
    time = int(seconds) * 1000000 + int(micros)
    try:
        data = json.loads(quoted)
        data.encode("utf-8")
    except ValueError:
        return None
    if json.dumps(data, ensure_ascii=False) != quoted or time > MAX_TIME:
        return None
    if kind == "r":
        size = SIZE.fullmatch(data)
        if not size or not is_size(size[1], size[2]):
            return None
    if kind == "m":
        mark = MARK.fullmatch(data)
        if not mark or len(mark[1].encode("utf-16-le")) > 2048:
            return None
    return time, kind


def check_heads(heads):
    for older, newer in zip(heads, heads[1:]):
        if older["session"] != newer["session"]:
            raise Fault("session")
        grown = older["lines"] < newer["lines"] and older["time"] <= newer["time"] and not older["final"]
        same = all(older[k] == newer[k] for k in ("lines", "time", "root")) and (newer["final"] or not older["final"])
        if not grown and not same:
            raise Fault("diverged", older["lines"])


def rows_of(file):
    """(row, whether it has its end); never more of a row than its limit."""
    while row := file.readline(MAX_ROW + 2):
        yield (row[:-1], True) if row.endswith(b"\n") else (row, False)


class Verifier:
    def __init__(self, heads):
        self.known, self.compared = heads, 0
        self.tree, self.time, self.redacted = Tree(), 0, 0
        self.covered, self.final, self.session = 0, False, None

    def head_fault(self):
        before = self.known[self.compared - 1]["lines"] if self.compared else 0
        return Fault("head", max(self.covered, before))

    def here(self, time, root):
        return time == self.time and root == self.tree.root()

    def row(self, row, number):
        try:
            text = row.decode("utf-8")
        except UnicodeDecodeError:
            raise Fault("malformed") from None
        if len(row) > MAX_ROW:
            raise Fault("malformed")
        if number == 1:
            match = FIRST.fullmatch(text)
            if not match:
                raise Fault("malformed")
            self.session = match[1]
            if any(head["session"] != self.session for head in self.known):
                raise Fault("session")
            return
        if match := LINE.fullmatch(text):
            at, salt, commitment = int(match[1]), strict_base64(match[2]), strict_base64(match[3])
            line = match[4].encode()
            if at >= MAX_LINES or salt is None or commitment is None or len(line) > MAX_LINE:
                raise Fault("malformed")
            self.line(at, salt, commitment, line, match[4])
        elif match := STUB.fullmatch(text):
            at, time, commitment = int(match[1]), int(match[2]), strict_base64(match[4])
            if at >= MAX_LINES or time > MAX_TIME or commitment is None:
                raise Fault("malformed")
            self.stub(at, time, match[3], commitment)
        elif match := HEAD.fullmatch(text):
            lines, time, root = int(match[1]), int(match[2]), strict_base64(match[4])
            if not 1 <= lines <= MAX_LINES or time > MAX_TIME or root is None:
                raise Fault("malformed")
            self.head(lines, time, match[3] == "final", root)
        else:
            raise Fault("malformed")

    def place(self, at):
        n = self.tree.size
        if self.final:
            raise Fault("added", n)
        if at > n:
            raise Fault("missing", n)
        if at < n:
            raise Fault("misplaced", at)
        if self.known and self.known[-1]["final"] and self.known[-1]["lines"] <= n:
            raise Fault("added", n)

    def line(self, at, salt, commitment, line, text):
        self.place(at)
        if commit(at, salt, line) != commitment:
            raise Fault("changed", at)
        if at == 0:
            if not is_header(text):
                raise Fault("malformed", 0)
            self.append(0, "h", commitment)
            return
        read = event(text)
        if not read:
            raise Fault("malformed", at)
        self.append(*read, commitment)

    def stub(self, at, time, kind, commitment):
        self.place(at)
        if at == 0 or kind == "r":
            raise Fault("redaction", at)
        self.redacted += 1
        self.append(time, kind, commitment)

    def append(self, time, kind, commitment):
        if time < self.time:
            raise Fault("time", self.tree.size)
        self.time = time
        self.tree.append(leaf(time, kind, commitment))
        while self.compared < len(self.known) and self.known[self.compared]["lines"] == self.tree.size:
            head = self.known[self.compared]
            if not self.here(head["time"], head["root"]):
                raise self.head_fault()
            self.compared += 1

    def head(self, lines, time, final, root):
        n = self.tree.size
        if self.final:
            raise Fault("added", n)
        if lines > n:
            raise Fault("missing", n)
        if lines < n:
            raise Fault("added", lines)
        if not self.here(time, root):
            raise self.head_fault()
        self.covered, self.final = n, final

    def end(self, torn, running):
        n = self.tree.size
        if self.session is None:
            raise Fault("malformed")
        last = self.known[-1] if self.known else {"lines": 0, "final": False}
        if torn or n == 0 or self.covered < n or last["lines"] > n:
            raise Fault("truncated", n)
        if not (self.final or last["final"] or running):
            raise Fault("unfinished", n)


def verify(path, heads, running):
    try:
        check_heads(heads)
        verifier, torn, read = Verifier(heads), False, 0
        with open(path, "rb") as file:
            for number, (row, ended) in enumerate(rows_of(file), 1):
                read += len(row) + 1
                if len(row) > MAX_ROW or read > MAX_FILE:
                    raise Fault("malformed")
                if not ended:
                    torn = True
                    break
                verifier.row(row, number)
        verifier.end(torn, running)
    except Fault as fault:
        return {"ok": False, "code": fault.code, "line": fault.line}
    root = base64.b64encode(verifier.tree.root()).decode()
    return {"ok": True, "lines": verifier.tree.size, "redacted": verifier.redacted, "root": root}


def read_heads(path):
    with open(path, encoding="utf-8") as file:
        heads = [json.loads(line) for line in file if line.strip()]
    for head in heads:
        head["root"] = strict_base64(head["root"])
    return heads


def main(args):
    heads, running, paths = [], False, []
    while args:
        word = args.pop(0)
        if word == "--heads":
            heads = read_heads(args.pop(0))
        elif word == "--running":
            running = True
        else:
            paths.append(word)
    if not heads:
        print("NOT INDEPENDENT: no heads of the audit log were given (--heads).", file=sys.stderr)
    for path in paths:
        print(json.dumps(verify(path, heads, running)))


if __name__ == "__main__":
    main(sys.argv[1:])
