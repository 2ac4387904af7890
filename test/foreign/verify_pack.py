#!/usr/bin/env python3
"""Verifies evidence packs with Python's standard library alone.

It follows lib/kernel/pack/README.md and lib/kernel/log/README.md ("log" below) and shares no code with our TypeScript, so that this is not
the only judge of its packs. It keeps packs in memory, and knows no witness policies.

    verify_pack.py [--vkey FILE] [--known-head FILE] [--origin ORIGIN] PACK...

prints one JSON object a line for each pack: {"ok":true,...} or {"ok":false,"code":...,"index":...,"detail":...}.
"""
import argparse
import base64
import gzip
import hashlib
import json
import os
import re
import sys
import zlib


class Fault(Exception):
    def __init__(self, code, detail, index=None):
        super().__init__(detail)
        self.code, self.detail, self.index = code, detail, index


# Log, section 1: hashes, base64, canonical JSON


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(data):
    return sha256(b"\x00" + data)


def node(left, right):
    return sha256(b"\x01" + left + right)


EMPTY_ROOT = sha256(b"")


def unbase64(text, length=None):
    """Bytes, or None unless the text is their one spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        return None
    if base64.b64encode(data).decode() != text or (length is not None and len(data) != length):
        return None
    return data


def decimal(text):
    if not re.fullmatch(r"0|[1-9][0-9]{0,15}", text) or int(text) > 2**53 - 1:
        return None
    return int(text)


def number(value):
    """As ECMAScript prints a double."""
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("no number of JSON")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = point - 1
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + "e" + ("-" if power < 0 else "+") + str(abs(power))


def utf16(text):
    return text.encode("utf-16-be", "surrogatepass")


def canonical(value):
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number(float(value))
    if isinstance(value, str):
        value.encode()  # refuses lone surrogates
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return "{" + ",".join(canonical(k) + ":" + canonical(value[k]) for k in sorted(value, key=utf16)) + "}"


def no_constant(_):
    raise ValueError("no JSON")


def parse_canonical(data, what):
    try:
        text = data.decode()
        value = json.loads(text, parse_int=float, parse_constant=no_constant)
        if canonical(value) == text:
            return value
    except (ValueError, RecursionError):
        pass
    raise Fault("malformed", what + " is not canonical JSON")


def whole(value):
    """A size or an index, or None."""
    return int(value) if isinstance(value, float) and value == int(value) and 0 <= value <= 2**53 - 1 else None


# Log, sections 2 and 3: lines

HEADER = "at schema outcome actorKind actor objectType objectId projectId actId id details about".split()
EARLY = ["header", "commitments"]
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


class Line:
    def __init__(self, data):
        if len(data) > 131072:
            raise Fault("malformed", "a line is too long")
        value = parse_canonical(data, "a line")
        if not isinstance(value, dict) or sorted(value) != ["count", "hashes", "index", "open"]:
            raise Fault("malformed", "members of a line")
        self.count, self.index, opened = whole(value["count"]), whole(value["index"]), value["open"]
        if self.count is None or not (self.count == 2 or 12 <= self.count <= 64) or self.index is None:
            raise Fault("malformed", "count or index of a line")
        if not isinstance(opened, dict) or not isinstance(value["hashes"], list):
            raise Fault("malformed", "members of a line")
        hashes = [unbase64(text, 32) for text in value["hashes"]]
        if None in hashes:
            raise Fault("malformed", "a hash of a line")
        self.fields = {}
        salts = {}
        for name, pair in opened.items():
            if not isinstance(pair, list) or len(pair) != 2 or (salt := unbase64(pair[0], 16)) is None:
                raise Fault("malformed", "an opened field of a line")
            self.fields[name], salts[name] = pair[1], salt
        names = self.names()
        commitments = [None] * self.count
        total = 0
        for name in self.fields:
            if name not in names:
                raise Fault("malformed", "a field without a place")
            data = canonical(self.fields[name]).encode()
            total += len(data)
            field = b"cordon/audit/field/v1\n" + bytes([len(name)]) + name.encode() + salts[name] + data
            commitments[names.index(name)] = leaf_hash(field)
        if total > 98304:
            raise Fault("malformed", "values too long")
        rest = list(hashes)

        def cover(start, end):
            if all(c is None for c in commitments[start:end]):
                if not rest:
                    raise Fault("malformed", "too few hashes in a line")
                return rest.pop(0)
            if end - start == 1:
                return commitments[start]
            k = split(end - start)
            left = cover(start, start + k)
            return node(left, cover(start + k, end))

        root = cover(0, self.count)
        if rest:
            raise Fault("malformed", "too many hashes in a line")
        self.leaf = leaf_hash(b"cordon/audit/event/v1\n" + bytes([self.count]) + root)

    def names(self):
        if self.count == 2:
            return EARLY
        if "about" not in self.fields:
            return HEADER
        about = self.fields["about"]
        personal = about.get("personal") if isinstance(about, dict) else None
        if not isinstance(personal, list) or len(personal) != self.count - 12:
            raise Fault("malformed", "about")
        good = all(isinstance(n, str) and NAME.fullmatch(n) and n not in HEADER for n in personal)
        if not good or personal != sorted(set(personal)):
            raise Fault("malformed", "about")
        return HEADER + personal

    def header(self, name):
        early = self.fields.get("header")
        return early.get(name) if self.count == 2 and isinstance(early, dict) else self.fields.get(name)


# Ed25519 (RFC 8032, sections 5.1 and 6)

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def verify_ed25519(public, message, signature):
    a, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q or len(signature) != 64:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    return same(times(s, BASE), add(r, times(h, a)))


# Log, section 4: notes and checkpoints


class Key:
    def __init__(self, vkey):
        name, _, rest = vkey.partition("+")
        key_id, _, encoded = rest.partition("+")
        key = unbase64(encoded, 33)
        if not key or key[0] not in (1, 4) or not re.fullmatch(r"[^\s+]+", name):
            raise ValueError("no vkey")
        self.name, self.algorithm, self.public = name, key[0], key[1:]
        self.id = sha256(name.encode() + b"\n" + key)[:4]
        if self.id.hex() != key_id:
            raise ValueError("no vkey")


def open_checkpoint(note, keys, origin, code="signature"):
    """(size, root). Raises Fault."""
    wrong = lambda detail: Fault(code, detail)
    if len(note) > 131072:
        raise wrong("the note is too long")
    try:
        text = note.decode()
    except UnicodeDecodeError:
        raise wrong("the note is not UTF-8") from None
    signed, blank, lines = text.rpartition("\n\n")
    if not blank or not lines.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise wrong("no note")
    signed += "\n"
    by_log = False
    lines = lines[:-1].split("\n")
    if len(lines) > 64:
        raise wrong("too many signatures")
    for line in lines:
        match = re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line)
        data = match and unbase64(match[2])
        if not data or len(data) < 5:
            raise wrong("a signature line")
        for key in keys:
            if key.name != match[1] or key.id != data[:4]:
                continue
            message, signature = signed.encode(), data[4:]
            if key.algorithm == 4:
                seconds = int.from_bytes(signature[:8], "big")
                message = b"cosignature/v1\ntime %d\n" % seconds + message
                signature = signature[8:]
            if len(signature) != 64 or not verify_ed25519(key.public, message, signature):
                raise wrong("a false signature")
            by_log |= key.algorithm == 1
    if not by_log:
        raise wrong("no key of the log signed")
    parts = signed[:-1].split("\n")
    size = decimal(parts[1]) if len(parts) > 2 else None
    root = unbase64(parts[2], 32) if len(parts) > 2 else None
    if size is None or root is None or "" in parts or (size == 0 and root != EMPTY_ROOT):
        raise wrong("no checkpoint")
    if parts[0] != origin:
        raise wrong("the checkpoint of another log")
    return size, root


# Log, section 6: proofs


def included(leaf, index, size, root, proof):
    if not index < size:
        return False
    at, last, r = index, size - 1, leaf
    for p in proof:
        if last == 0:
            return False
        if at % 2 or at == last:
            r = node(p, r)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            r = node(r, p)
        at, last = at // 2, last // 2
    return last == 0 and r == root


def consistent(old_size, old_root, new_size, new_root, proof):
    if old_size > new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if not proof:
        return False
    if old_size & (old_size - 1) == 0:
        proof = [old_root] + proof
    at, last = old_size - 1, new_size - 1
    while at % 2:
        at, last = at // 2, last // 2
    o = n = proof[0]
    for p in proof[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            o, n = node(p, o), node(p, n)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            n = node(n, p)
        at, last = at // 2, last // 2
    return last == 0 and o == old_root and n == new_root


def folded(stack):
    if not stack:
        return EMPTY_ROOT
    root = stack[-1]
    for left in reversed(stack[:-1]):
        root = node(left, root)
    return root


def range_root(left, leaves, right, start, size, wanted):
    """(root or None, the root at `wanted` leaves or None)."""
    if len(left) != bin(start).count("1"):
        return None, None
    stack, end = list(left), start + len(leaves)
    at_wanted = folded(stack) if wanted == start else None
    for i, leaf in enumerate(leaves, start):
        stack.append(leaf)
        low = i
        while low & 1:
            top = stack.pop()
            stack[-1] = node(stack[-1], top)
            low >>= 1
        if wanted == i + 1:
            at_wanted = folded(stack)
    if end == size:
        return (None if right else folded(stack)), at_wanted
    bottom, after = list(stack), list(right)

    def root(lower, upper):
        if upper <= end:
            return bottom.pop(0)
        if lower >= end:
            return after.pop(0)
        k = split(upper - lower)
        first = root(lower, lower + k)
        return node(first, root(lower + k, upper))

    try:
        result = root(0, size)
    except IndexError:
        return None, at_wanted
    return (None if after or bottom else result), at_wanted


# Pack, section 1: the archive

ORDER = """manifest.json checkpoint range.json leaves.bin events.ndjson stubs.ndjson schemas.json vkeys consistency
operator/proof.tlog-proof README.txt events.csv verify.html""".split()
OPTIONAL = ["operator/proof.tlog-proof", "events.csv", "verify.html"]
LIMITS = {
    "manifest.json": 2**20,
    "schemas.json": 2**22,
    "checkpoint": 131072,
    "operator/proof.tlog-proof": 327680,
    "vkeys": 65536,
    "range.json": 16384,
    "consistency": 8192,
}


def kind(name):
    return "consistency" if re.fullmatch(r"consistency/[1-9][0-9]{0,15}", name) else name


def place(name):
    of = kind(name)
    if of not in ORDER or name == "consistency":
        return None
    return ORDER.index(of), int(name.rpartition("/")[2]) if of == "consistency" else 0


def tar_header(name, size):
    block = bytearray(512)
    block[: len(name)] = name
    fields = [(100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0"), (124, b"%011o\0" % size)]
    fields += [(136, b"00000000000\0"), (148, b" " * 8), (156, b"0"), (257, b"ustar\x0000")]
    for at, data in fields:
        block[at : at + len(data)] = data
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def untar(data):
    files, at = [], 0
    while True:
        header = data[at : at + 512]
        at += 512
        if len(header) < 512:
            raise Fault("malformed", "the tar is cut off")
        if not any(header):
            break
        name, size = header[:100].rstrip(b"\0"), header[124:135]
        if not re.fullmatch(rb"[\x21-\x7e]+", name) or not re.fullmatch(rb"[0-7]{11}", size):
            raise Fault("malformed", "a header of the tar")
        size = int(size, 8)
        if tar_header(name, size) != header:
            raise Fault("malformed", "a header of the tar")
        padded = size + -size % 512
        if at + padded > len(data) or any(data[at + size : at + padded]):
            raise Fault("malformed", "the padding of the tar")
        files.append((name.decode(), data[at : at + size]))
        at += padded
    if len(data) != at + 512 or any(data[at:]):
        raise Fault("malformed", "the end of the tar")
    return files


def read_files(path):
    if not os.path.isdir(path):
        try:
            with gzip.open(path) as file:
                return untar(file.read())
        except (OSError, EOFError, zlib.error):
            raise Fault("malformed", "no gzip") from None
    names = [os.path.relpath(os.path.join(d, f), path) for d, _, fs in os.walk(path) for f in fs]
    files = []
    for name in sorted(names, key=lambda n: place(n) or (len(ORDER), 0)):
        with open(os.path.join(path, name), "rb") as file:
            files.append((name, file.read()))
    return files


# Pack, sections 2 and 3: manifest and filter

MEMBERS = """version kind origin range checkpoint filter opened provable counts files createdAt timezone
software""".split()
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
LISTS = "outcome actorKind actor objectType objectId actId schema projectId".split()


def is_time(value):
    return isinstance(value, str) and TIME.fullmatch(value) is not None


def has_exactly(value, members):
    return isinstance(value, dict) and sorted(value) == sorted(members)


def is_line(value):
    good = isinstance(value, str) and 0 < len(utf16(value)) <= 1024
    return good and not re.search("[\x00-\x1f\x7f-\x9f]", value)


def is_filter(value):
    if not isinstance(value, dict):
        return False
    for name, condition in value.items():
        if name == "at":
            if not isinstance(condition, dict) or not condition or set(condition) - {"from", "to"}:
                return False
            if not all(map(is_time, condition.values())):
                return False
            if len(condition) == 2 and condition["from"] >= condition["to"]:
                return False
        elif name in LISTS:
            if not isinstance(condition, list) or not 1 <= len(condition) <= 1000:
                return False
            texts = condition[1:] if name == "projectId" and condition[0] is None else condition
            if not all(isinstance(t, str) and 0 < len(utf16(t)) <= 512 for t in texts):
                return False
            if any(utf16(a) >= utf16(b) for a, b in zip(texts, texts[1:])):
                return False
        else:
            return False
    return True


def meets(conditions, line):
    """True or False; None where a field has no value that could."""
    result = True
    for name, condition in conditions.items():
        value = line.header(name)
        if name == "at":
            if not is_time(value):
                return None
            met = condition.get("from", "") <= value < condition.get("to", "~")
        elif isinstance(value, str):
            prefixes = [t for t in condition if name == "schema" and t[-1] in ".@"]
            met = value in [t for t in condition if t not in prefixes] or any(map(value.startswith, prefixes))
        elif value is None and name == "projectId":
            met = None in condition
        else:
            return None
        result = result and met
    return result


class Manifest:
    def __init__(self, data):
        wrong = lambda what: Fault("malformed", "manifest: " + what)
        value = parse_canonical(data, "the manifest")
        if not has_exactly(value, MEMBERS) or value["kind"] != "cordon/evidence-pack" or value["version"] != 1:
            raise wrong("members")
        if value["version"] is True or not is_line(value["origin"]) or not is_line(value["software"]):
            raise wrong("words")
        if not is_time(value["createdAt"]) or value["timezone"] != "UTC":
            raise wrong("time")
        checkpoint, span, counts = value["checkpoint"], value["range"], value["counts"]
        if not has_exactly(checkpoint, ["size", "root"]) or not has_exactly(span, ["from", "to"]):
            raise wrong("range")
        self.size, self.root = whole(checkpoint["size"]), unbase64(checkpoint["root"], 32)
        self.start, self.end = whole(span["from"]), whole(span["to"])
        if None in (self.size, self.root, self.start, self.end) or not self.start <= self.end <= self.size:
            raise wrong("range")
        self.filter, self.provable, self.origin = value["filter"], value["provable"], value["origin"]
        if not is_filter(self.filter):
            raise wrong("filter")
        self.opened = [name for name in HEADER if name in self.filter]
        if value["opened"] != self.opened or not isinstance(self.provable, bool):
            raise wrong("opened")
        if not has_exactly(counts, ["events", "stubs"]) or None in map(whole, counts.values()):
            raise wrong("counts")
        self.counts = {name: whole(count) for name, count in counts.items()}
        self.files = value["files"]
        if not isinstance(self.files, dict):
            raise wrong("files")
        for name, entry in self.files.items():
            good = has_exactly(entry, ["bytes", "sha256"]) and whole(entry["bytes"]) is not None
            good = good and isinstance(entry["sha256"], str) and re.fullmatch("[0-9a-f]{64}", entry["sha256"])
            if not good or place(name) is None or name == "manifest.json" or entry["bytes"] > 8**11 - 1:
                raise wrong("a file")
        if sum(kind(name) == "consistency" for name in self.files) > 16:
            raise wrong("consistency")
        for name in ORDER[1:]:
            if name != "consistency" and name not in OPTIONAL and name not in self.files:
                raise Fault("file_hash", name + " is not listed")


# Pack, section 5: verification


def ended_lines(data, what):
    if data and not data.endswith(b"\n"):
        raise Fault("malformed", what + " does not end")
    return data.split(b"\n")[:-1]


def check_files(listed):
    if not listed or listed[0][0] != "manifest.json" or len(listed[0][1]) > LIMITS["manifest.json"]:
        raise Fault("malformed", "no manifest")
    manifest, files = Manifest(listed[0][1]), dict(listed)
    last = (0, 0)
    for name, data in listed[1:]:
        if name not in manifest.files:
            raise Fault("file_hash", name + " is not listed")
        if place(name) <= last:
            raise Fault("malformed", "the files are out of order")
        last = place(name)
        entry = manifest.files[name]
        if len(data) > LIMITS.get(kind(name), 8**11):
            raise Fault("malformed", name + " is too long")
        if len(data) != entry["bytes"] or sha256(data).hex() != entry["sha256"]:
            raise Fault("file_hash", name)
    for name in manifest.files:
        if name not in files:
            raise Fault("file_hash", name + " is not there")
    if len(files["leaves.bin"]) != 32 * (manifest.end - manifest.start):
        raise Fault("malformed", "leaves.bin")
    return manifest, files


def hashes_of(texts, what):
    hashes = [unbase64(text, 32) for text in texts] if isinstance(texts, list) else [None]
    if None in hashes:
        raise Fault("malformed", what)
    return hashes


def check_head(manifest, files, keys, head, at_head):
    size, root = open_checkpoint(head, keys, manifest.origin)
    if size > manifest.size:
        raise Fault("older", "the pack is older than the known head")
    name = "consistency/%d" % size
    if at_head is not None:
        good = at_head == root
    elif size in (0, manifest.size):
        good = consistent(size, root, manifest.size, manifest.root, [])
    elif name in files:
        lines = ended_lines(files[name], name)
        proof = hashes_of([line.decode("ascii", "replace") for line in lines], name)
        good = consistent(size, root, manifest.size, manifest.root, proof)
    else:
        good = False
    if not good:
        raise Fault("diverged", "not a continuation of the known head")


def check_operator(manifest, files, keys):
    data = files.get("operator/proof.tlog-proof")
    if data is None:
        return None
    try:
        head, blank, note = data.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise Fault("malformed", "the operator's proof is not UTF-8") from None
    wrong = Fault("operator", "the operator's proof")
    lines = head.split("\n")
    if not blank or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise wrong
    entry = files["checkpoint"]
    if lines and lines[0].startswith("extra "):
        entry = unbase64(lines.pop(0)[6:])
    index = decimal(lines.pop(0)[6:]) if lines and lines[0].startswith("index ") else None
    proof = [unbase64(line, 32) for line in lines]
    if entry is None or index is None or None in proof or len(proof) > 54:
        raise wrong
    if open_checkpoint(entry, keys, manifest.origin, "operator") != (manifest.size, manifest.root):
        raise wrong
    origin = manifest.origin.rpartition("/")[0] + "/operator"
    size, root = open_checkpoint(note.encode(), keys, origin, "operator")
    if not included(leaf_hash(entry), index, size, root, proof):
        raise wrong
    return index


def shapes_of(data):
    shapes = parse_canonical(data, "schemas.json")
    if not isinstance(shapes, dict):
        raise Fault("malformed", "schemas.json")
    for digest, shape in shapes.items():
        if sha256(canonical(shape).encode()).hex() != digest:
            raise Fault("schema", "a shape under another digest")
        if not isinstance(shape, dict) or not isinstance(shape.get("schema"), str):
            raise Fault("malformed", "a shape without a schema")
    return shapes


def check_event(manifest, shapes, line):
    names = EARLY if line.count == 2 else HEADER
    if not all(name in line.fields for name in names):
        raise Fault("opening", "a header field is closed", line.index)
    if meets(manifest.filter, line) is not True:
        raise Fault("filter", "the event does not match", line.index)
    about = line.fields["header" if line.count == 2 else "about"]
    shape = shapes.get(about.get("schemaDigest")) if isinstance(about, dict) else None
    if not shape or shape["schema"] != line.header("schema"):
        raise Fault("schema", "the shape of the event", line.index)


def check_stub(manifest, line):
    expected = manifest.opened if line.count > 2 else ["header"] if manifest.opened else []
    if sorted(line.fields) != sorted(expected):
        raise Fault("opening", "a stub opens other fields", line.index)
    match = meets(manifest.filter, line)
    if match is None or (match and manifest.provable):
        raise Fault("filter", "a stub hides a match", line.index)


def check_lines(manifest, files, leaves, shapes):
    sources = [iter(ended_lines(files[name], name)) for name in ("events.ndjson", "stubs.ndjson")]

    def following(source):
        data = next(source, None)
        return None if data is None else Line(data)

    heads = [following(source) for source in sources]
    counts = [0, 0]
    for index in range(manifest.start, manifest.end):
        standing = [line.index for line in heads if line]
        for found in standing:
            if found < index:
                raise Fault("misplaced", "the index stood before", found)
        if standing.count(index) == 2:
            raise Fault("misplaced", "the index stands twice", index)
        if index not in standing:
            raise Fault("missing", "no line has the index", index)
        which = 0 if heads[0] and heads[0].index == index else 1
        line = heads[which]
        if line.leaf != leaves[index - manifest.start]:
            raise Fault("event", "another leaf than the log's", index)
        if which == 0:
            check_event(manifest, shapes, line)
        else:
            check_stub(manifest, line)
        counts[which] += 1
        heads[which] = following(sources[which])
    for line in heads:
        if line:
            raise Fault("misplaced", "a line is left over", line.index)
    if manifest.counts != {"events": counts[0], "stubs": counts[1]}:
        raise Fault("count", "the counts")
    return counts


def keys_of(data):
    try:
        return [Key(line) for line in data.decode().split("\n") if line.strip() and not line.startswith("#")]
    except ValueError:
        return None


def verify(path, given_keys, head, origin):
    manifest, files = check_files(read_files(path))
    span = parse_canonical(files["range.json"], "range.json")
    if not has_exactly(span, ["left", "right"]):
        raise Fault("malformed", "range.json")
    left, right = hashes_of(span["left"], "range.json"), hashes_of(span["right"], "range.json")
    if origin is not None and origin != manifest.origin:
        raise Fault("signature", "the pack of another log")
    keys = given_keys or keys_of(files["vkeys"])
    if not keys:
        raise Fault("malformed", "vkeys")
    if open_checkpoint(files["checkpoint"], keys, manifest.origin) != (manifest.size, manifest.root):
        raise Fault("signature", "the manifest names another checkpoint")
    data = files["leaves.bin"]
    leaves = [data[i : i + 32] for i in range(0, len(data), 32)]
    match = re.match(rb"[^\n]*\n([0-9]{1,16})\n", head) if head is not None else None
    wanted = int(match[1]) if match else None
    root, at_head = range_root(left, leaves, right, manifest.start, manifest.size, wanted)
    if root != manifest.root:
        raise Fault("root", "the leaves do not lead to the root")
    if head is not None:
        check_head(manifest, files, keys, head, at_head)
    operator = check_operator(manifest, files, keys)
    counts = check_lines(manifest, files, leaves, shapes_of(files["schemas.json"]))
    if not manifest.provable:
        raise Fault("unproven", "the pack says so itself")
    return {
        "ok": True,
        "origin": manifest.origin,
        "range": [manifest.start, manifest.end],
        "events": counts[0],
        "stubs": counts[1],
        "operator": operator,
        "keysFrom": "auditor" if given_keys else "pack",
    }


def main():
    parser = argparse.ArgumentParser()
    for option in ("--vkey", "--known-head", "--origin"):
        parser.add_argument(option)
    parser.add_argument("pack", nargs="+")
    args = parser.parse_args()
    keys, head = None, None
    if args.vkey:
        with open(args.vkey, "rb") as file:
            keys = keys_of(file.read())
    if args.known_head:
        with open(args.known_head, "rb") as file:
            head = file.read()
    good = True
    for path in args.pack:
        try:
            result = verify(path, keys, head, args.origin)
        except Fault as fault:
            good = False
            result = {"ok": False, "code": fault.code, "index": fault.index, "detail": fault.detail}
        print(json.dumps(result), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
