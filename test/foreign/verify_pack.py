"""Verifier of Cordon's evidence packs.

Written from two texts alone, without a look at any other implementation:

* "Evidence packs" (lib/kernel/pack/README.md), cited as "pack, section n";
* "Transparency log of audit events" (lib/kernel/log/README.md), cited as "log, section n";

and from what those cite: RFC 1952, RFC 6962, RFC 8032, RFC 8785, POSIX ustar, and the C2SP documents
signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof and tlog-policy. It needs nothing but the standard
library of Python 3.

    python3 verify_pack.py PACK... [--vkey FILE] [--origin TEXT] [--known-head FILE] [--witness-policy FILE]

PACK is a .tar.gz, the tar in it, or the folder that it unpacks to. It prints one line of JSON for each. The exit code is 0 when all
packs hold, otherwise the number of the code (pack, section 5) of the first that does not, and 2 for wrong usage.

Memory: the small files, and one line of each NDJSON file. Large files are read again for every step that needs them.
"""

import argparse
import base64
import binascii
import hashlib
import io
import json
import os
import re
import stat
import sys
import unicodedata
import zlib

# Pack, section 5: the codes and their numbers.
EXIT_CODES = {
    "malformed": 10, "file_hash": 11, "signature": 12, "root": 13, "event": 14, "missing": 15, "misplaced": 16,
    "filter": 17, "opening": 18, "count": 19, "schema": 20, "diverged": 21, "older": 22, "unwitnessed": 23,
    "operator": 24, "unproven": 25,
}
USAGE = 2

# Log, section 7, and pack, section 6.
MAX_NUMBER = 2**53 - 1
MAX_ENTRY = 65_535
MAX_VALUES = 98_304
MAX_NESTING = 64
MAX_LINE = 131_072
MAX_PROOF_HASHES = 54
MAX_NOTE = 131_072
MAX_SIGNATURES = 64
MAX_KEY_NAME = 255
MAX_EXTRA = 131_072
MAX_PROOF_FILE = 327_680
MAX_FILE = 8 * 2**30 - 1
MAX_CONSISTENCY_FILES = 16
MAX_POLICY = 65_536
MAX_POLICY_NAMES = 256
SMALL_FILES = {
    "manifest.json": 2**20, "checkpoint": MAX_NOTE, "range.json": 16_384, "schemas.json": 4 * 2**20,
    "vkeys": 65_536, "operator/proof.tlog-proof": MAX_PROOF_FILE,
}
MAX_CONSISTENCY = 8_192

CHUNK = 65_536


class Invalid(ValueError):
    """Something is not what the specification says. The step that meets it gives it a code."""


class Refused(Exception):
    """The pack is refused, with a code of pack, section 5."""

    def __init__(self, code, detail, index=None):
        super().__init__(detail)
        self.code, self.detail, self.index = code, detail, index


class Usage(Exception):
    """What the auditor brings cannot be used."""


class refusing:
    """`with refusing(code):` turns Invalid into Refused."""

    def __init__(self, code, index=None):
        self.code, self.index = code, index

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _trace):
        if isinstance(error, Invalid):
            raise Refused(self.code, str(error), self.index) from error
        return False


def need(condition, detail):
    if not condition:
        raise Invalid(detail)


# ---------------------------------------------------------------------------------------------------------------
# Words (log, section 1)


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(data):
    return sha256(b"\x00" + data)


def node(left, right):
    return sha256(b"\x01" + left + right)


ROOT_OF_NONE = sha256(b"")


def split_point(count):
    """The largest power of two below count; count is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def decimal(text):
    need(re.fullmatch(r"0|[1-9][0-9]{0,15}", text) is not None, "not a decimal")
    number = int(text)
    need(number <= MAX_NUMBER, "number beyond 2^53 - 1")
    return number


def unbase64(text, length=None):
    """RFC 4648 section 4 in its one spelling."""
    need(isinstance(text, str), "not base64 text")
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise Invalid("not base64") from error
    need(base64.b64encode(data).decode("ascii") == text, "base64 in another spelling")
    need(length is None or len(data) == length, "base64 of another length than %s bytes" % length)
    return data


def utf8(data):
    """Text is UTF-8 without a byte order mark (pack, before section 1)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("not UTF-8") from error
    need(not text.startswith("\ufeff"), "byte order mark")
    return text


def has_control(text):
    return any(unicodedata.category(c) == "Cc" for c in text)


def code_units(text):
    return len(text.encode("utf-16-be")) // 2


def utf16_order(text):
    return text.encode("utf-16-be")


# ---------------------------------------------------------------------------------------------------------------
# Canonical JSON (RFC 8785). Every number is read as an IEEE 754 double, so `float`.


def es_number(value):
    """The text that ECMAScript gives a double; Python's repr has the same shortest digits."""
    if value == 0:
        return "0"
    need(abs(value) != float("inf") and value == value, "number that is no double")
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or "0") - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return ("-" if value < 0 else "") + es_digits(digits, point)


def es_digits(digits, point):
    """The value is 0.<digits> * 10^point."""
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    power = point - 1
    mantissa = digits if count == 1 else digits[0] + "." + digits[1:]
    return mantissa + "e" + ("+" if power > 0 else "-") + str(abs(power))


def canonical_text(value):
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return es_number(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # escapes exactly what RFC 8785 escapes
    if isinstance(value, list):
        return "[" + ",".join(map(canonical_text, value)) + "]"
    members = (canonical_text(name) + ":" + canonical_text(value[name]) for name in sorted(value, key=utf16_order))
    return "{" + ",".join(members) + "}"


def canonical(value):
    try:
        return canonical_text(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Invalid("text with a lone surrogate") from error
    except RecursionError as error:
        raise Invalid("JSON nested too deeply") from error


def refuse_constant(name):
    raise Invalid("%s is not JSON" % name)


def read_canonical(data, nested=MAX_NESTING):
    """The JSON value that data spells canonically; any other spelling is refused."""
    text = utf8(data)
    try:
        value = json.loads(text, parse_int=float, parse_float=float, parse_constant=refuse_constant)
    except Invalid:
        raise
    except (ValueError, RecursionError) as error:
        raise Invalid("not JSON") from error
    need(canonical(value) == data, "not canonical JSON")
    need(nesting(value) <= nested, "JSON nested too deeply")
    return value


def nesting(value):
    """How many arrays and objects are inside each other."""
    if isinstance(value, list):
        return 1 + max(map(nesting, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(nesting, value.values()), default=0)
    return 0


def members(value, names, what):
    need(isinstance(value, dict) and set(value) == set(names), "%s has other members than it must" % what)
    return [value[name] for name in names]


def natural(value, what):
    need(isinstance(value, float) and value.is_integer() and 0 <= value <= MAX_NUMBER, "%s is no size" % what)
    return int(value)


# ---------------------------------------------------------------------------------------------------------------
# Ed25519 (RFC 8032, section 5.1). Points are extended homogeneous coordinates (X, Y, Z, T).

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def point_add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e1 = (y1 - x1) * (y2 - x2) % P
    e2 = (y1 + x1) * (y2 + x2) % P
    e3 = 2 * t1 * t2 * D % P
    e4 = 2 * z1 * z2 % P
    e, f, g, h = e2 - e1, e4 - e3, e4 + e3, e2 + e1
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_multiply(scalar, point):
    result = NEUTRAL
    while scalar > 0:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def recover_x(y, sign):
    """RFC 8032, section 5.1.3; None when there is no such point."""
    if y >= P:
        return None  # not the canonical encoding
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0  # "negative zero" is no encoding either
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * SQRT_OF_MINUS_1 % P
    if (x * x - square) % P != 0:
        return None
    return P - x if x & 1 != sign else x


def point_decode(data):
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def point_encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def base_point():
    y = 4 * pow(5, P - 2, P) % P
    x = recover_x(y, 0)
    return (x, y, 1, x * y % P)


BASE = base_point()


def ed25519_verify(public, message, signature):
    """RFC 8032, section 5.1.7, with the equation that has no cofactor: [S]B = R + [k]A."""
    if len(public) != 32 or len(signature) != 64:
        return False
    if not is_public_key(public) or not is_public_key(signature[:32]):
        return False
    a, r = point_decode(public), point_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return point_encode(point_multiply(s, BASE)) == point_encode(point_add(r, point_multiply(k, a)))


def is_public_key(public):
    """Log, section 1: y is reduced, and the point, if there is one, is not of small order."""
    y = int.from_bytes(public, "little") & ((1 << 255) - 1)
    point = point_decode(y.to_bytes(32, "little"))
    small = point is not None and point_encode(point_multiply(8, point)) == point_encode(NEUTRAL)
    return y < P and not small


# ---------------------------------------------------------------------------------------------------------------
# Keys, signed notes, checkpoints (log, section 4)

LOG_KEY, COSIGNER_KEY = 0x01, 0x04


def check_key_name(name):
    need(name != "", "key without a name")
    need(len(name.encode("utf-8")) <= MAX_KEY_NAME, "key name too long")
    need("+" not in name and not has_control(name) and not any(c.isspace() for c in name), "bad key name")


class Key:
    """A vkey: <name>+<key id in hex>+<base64 of (algorithm | public key)>."""

    def __init__(self, vkey):
        parts = vkey.split("+", 2)  # base64 may have a plus, the name has none
        need(len(parts) == 3, "not a vkey")
        self.name = parts[0]
        check_key_name(self.name)
        material = unbase64(parts[2], 33)
        self.algorithm, self.public = material[0], material[1:]
        need(self.algorithm in (LOG_KEY, COSIGNER_KEY), "vkey of an unknown algorithm")
        need(is_public_key(self.public), "vkey of a key that no honest signer has")
        self.id = sha256(self.name.encode("utf-8") + b"\n" + material)[:4]
        need(self.id.hex() == parts[1], "vkey with a wrong key id")

    def verifies(self, text, signature):
        if self.algorithm == LOG_KEY:
            return ed25519_verify(self.public, text, signature)
        if len(signature) != 72:
            return False
        time = int.from_bytes(signature[:8], "big")
        message = b"cosignature/v1\ntime %d\n" % time + text
        return time <= MAX_NUMBER and ed25519_verify(self.public, message, signature[8:])


class Keyring:
    """Known keys, found by name and key id together; several may share them."""

    def __init__(self, keys):
        self.keys = {}
        for key in keys:
            self.keys.setdefault((key.name, key.id), []).append(key)

    def find(self, name, key_id):
        return self.keys.get((name, key_id), [])


def parse_note(data):
    """The text of a signed note (bytes) and its signatures: (name, key id, signature)."""
    need(len(data) <= MAX_NOTE, "note too long")
    note = utf8(data)
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", note), "note with control characters")
    end = note.rfind("\n\n")
    need(end >= 0, "note without signatures")
    text, lines = note[: end + 1], note[end + 2 :].split("\n")
    need(len(lines) >= 2 and lines.pop() == "", "note without a signature line at its end")
    need(len(lines) <= MAX_SIGNATURES, "too many signatures")
    return text.encode("utf-8"), [parse_signature(line) for line in lines]


def parse_signature(line):
    parts = line.split(" ")
    need(len(parts) == 3 and parts[0] == "\u2014", "bad signature line")
    check_key_name(parts[1])
    signature = unbase64(parts[2])
    need(len(signature) > 4, "signature too short")
    return parts[1], signature[:4], signature[4:]


class Checkpoint:
    def __init__(self, origin, size, root, signers):
        self.origin, self.size, self.root, self.signers = origin, size, root, signers


def parse_checkpoint_text(text):
    lines = text.decode("utf-8").split("\n")
    need(lines.pop() == "" and len(lines) >= 3 and "" not in lines, "not the text of a checkpoint")
    size, root = decimal(lines[1]), unbase64(lines[2], 32)
    need(size > 0 or root == ROOT_OF_NONE, "checkpoint of size 0 with another root")
    return lines[0], size, root


def open_checkpoint(data, keyring, origin):
    """Log, section 4, "To open a checkpoint"."""
    text, signatures = parse_note(data)
    signers = []
    for name, key_id, signature in signatures:
        for key in keyring.find(name, key_id):
            need(key.verifies(text, signature), "signature of a known key fails")
            signers.append(key)
    need(any(key.algorithm == LOG_KEY for key in signers), "no known key of the log has signed")
    found, size, root = parse_checkpoint_text(text)
    need(found == origin, "another origin")
    return Checkpoint(found, size, root, signers)


# ---------------------------------------------------------------------------------------------------------------
# Proofs (log, section 6)


def verify_inclusion(index, size, leaf, proof, root):
    need(index < size, "index not below the size")
    at, last, r = index, size - 1, leaf
    for p in proof:
        need(last != 0, "proof of inclusion too long")
        if at % 2 == 1 or at == last:
            r = node(p, r)
            while at % 2 == 0 and at != 0:
                at, last = at >> 1, last >> 1
        else:
            r = node(r, p)
        at, last = at >> 1, last >> 1
    need(last == 0 and r == root, "proof of inclusion leads to another root")


def verify_consistency(older_size, older_root, newer_size, newer_root, proof):
    """For 0 < older size < newer size; the step that calls it treats the others."""
    need(proof, "empty proof of consistency")
    if older_size & (older_size - 1) == 0:
        proof = [older_root] + proof
    at, last = older_size - 1, newer_size - 1
    while at % 2 == 1:
        at, last = at >> 1, last >> 1
    older = newer = proof[0]
    for p in proof[1:]:
        need(last != 0, "proof of consistency too long")
        if at % 2 == 1 or at == last:
            older, newer = node(p, older), node(p, newer)
            while at % 2 == 0 and at != 0:
                at, last = at >> 1, last >> 1
        else:
            newer = node(newer, p)
        at, last = at >> 1, last >> 1
    need(last == 0 and older == older_root and newer == newer_root, "proof of consistency leads to other roots")


class RangeFold:
    """A range of leaves from `start`, folded leaf by leaf on a stack that begins with `left`."""

    def __init__(self, start, left):
        need(len(left) == bin(start).count("1"), "wrong number of hashes on the left")
        self.count, self.stack = start, list(left)

    def push(self, leaf):
        self.stack.append(leaf)
        index = self.count
        while index & 1:
            right = self.stack.pop()
            self.stack.append(node(self.stack.pop(), right))
            index >>= 1
        self.count += 1

    def root_here(self):
        """The root of the log of `count` leaves: the stack folded from the top."""
        if not self.stack:
            return ROOT_OF_NONE
        root = self.stack[-1]
        for left in reversed(self.stack[:-1]):
            root = node(left, root)
        return root

    def root(self, size, right):
        """The root of the log of `size` leaves, with the hashes on the right."""
        if self.count == size:
            need(not right, "hashes on the right of a range up to the end")
            return self.root_here()
        below, above = iter(self.stack), iter(right)
        root = self.cover(0, size, below, above)
        need(next(above, None) is None, "too many hashes on the right")
        return root

    def cover(self, start, end, below, above):
        if end <= self.count or start >= self.count:
            part = next(below if end <= self.count else above, None)
            need(part is not None, "too few hashes beside the range")
            return part
        middle = start + split_point(end - start)
        left = self.cover(start, middle, below, above)
        return node(left, self.cover(middle, end, below, above))


def parse_proof_file(data):
    """A .tlog-proof: (extra or None, index, hashes, note)."""
    need(len(data) <= MAX_PROOF_FILE, "proof file too long")
    head, separator, note = utf8(data).partition("\n\n")
    need(separator, "proof file without a checkpoint")
    lines = head.split("\n")
    need(lines.pop(0) == "c2sp.org/tlog-proof@v1", "not a proof file")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = unbase64(lines.pop(0)[len("extra "):])
        need(len(extra) <= MAX_EXTRA, "extra data too long")
    need(lines and lines[0].startswith("index "), "proof file without an index")
    index = decimal(lines.pop(0)[len("index "):])
    need(len(lines) <= MAX_PROOF_HASHES, "proof of inclusion too long")
    return extra, index, [unbase64(line, 32) for line in lines], note.encode("utf-8")


# ---------------------------------------------------------------------------------------------------------------
# Lines: records and stubs (log, sections 2 and 3)

HEADER_FIELDS = ["at", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId", "actId",
                 "id", "details", "about"]
EARLY_FIELDS = ["header", "commitments"]
PERSONAL_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


def personal_names(about, count):
    """The list `personal` of the field `about`."""
    names = about.get("personal") if isinstance(about, dict) else None
    need(isinstance(names, list) and len(names) == count - len(HEADER_FIELDS), "about lists other fields")
    for name in names:
        need(isinstance(name, str) and PERSONAL_NAME.fullmatch(name), "bad name of a personal field")
        need(name not in HEADER_FIELDS, "personal field with a header's name")
    need(all(a < b for a, b in zip(names, names[1:])), "personal fields not ascending")
    return names


def commitment(name, salt, value):
    prefix = b"cordon/audit/field/v1\n" + bytes([len(name)]) + name.encode("ascii")
    return leaf_hash(prefix + salt + value)


def cover_fields(start, end, opened, hashes):
    """Log, section 3: `opened` has the commitments by place, `hashes` is an iterator of the others."""
    if not any(start <= place < end for place in opened):
        part = next(hashes, None)
        need(part is not None, "a hash is missing")
        return part
    if end - start == 1:
        return opened[start]
    middle = start + split_point(end - start)
    left = cover_fields(start, middle, opened, hashes)
    return node(left, cover_fields(middle, end, opened, hashes))


class Line:
    """A line that opens some fields of an event: its index, the opened values, the leaf hash of its entry."""

    def __init__(self, data):
        need(len(data) <= MAX_LINE, "line too long")
        count, hashes, index, opened = members(
            read_canonical(data, MAX_NESTING + 3), ["count", "hashes", "index", "open"], "a line")
        self.count, self.index = natural(count, "count"), natural(index, "index")
        need(self.count == 2 or 12 <= self.count <= 64, "wrong number of fields")
        need(isinstance(hashes, list) and isinstance(opened, dict), "hashes or open of another kind")
        salts, self.values = self.read_open(opened)
        self.leaf = self.entry_leaf([unbase64(h, 32) for h in hashes], salts)

    @staticmethod
    def read_open(opened):
        salts, values = {}, {}
        for name, pair in opened.items():
            need(isinstance(pair, list) and len(pair) == 2, "an opened field is no pair")
            salts[name], values[name] = unbase64(pair[0], 16), pair[1]
            need(nesting(pair[1]) <= MAX_NESTING, "value nested too deeply")
        return salts, values

    def names(self):
        """All names with a place, in order of the places."""
        if self.early:
            return EARLY_FIELDS
        if "about" not in self.values:
            return HEADER_FIELDS
        return HEADER_FIELDS + personal_names(self.values["about"], self.count)

    def entry_leaf(self, hashes, salts):
        places = {name: place for place, name in enumerate(self.names())}
        commitments, total = {}, 0
        for name, value in self.values.items():
            need(name in places, "an opened field has no place")
            text = canonical(value)
            total += len(text)
            commitments[places[name]] = commitment(name, salts[name], text)
        need(total <= MAX_VALUES, "values too long")
        rest = iter(hashes)
        root = cover_fields(0, self.count, commitments, rest)
        need(next(rest, None) is None, "a hash too many")
        return leaf_hash(b"cordon/audit/event/v1\n" + bytes([self.count]) + root)

    @property
    def early(self):
        """Written before the log existed (log, section 2)."""
        return self.count == 2

    def header(self):
        """The header fields that are open, of an early event the members of its field `header`."""
        if not self.early:
            return self.values
        header = self.values.get("header")
        return header if isinstance(header, dict) else {}

    def schema_digest(self):
        about = self.header() if self.early else self.values.get("about")
        return about.get("schemaDigest") if isinstance(about, dict) else None


# ---------------------------------------------------------------------------------------------------------------
# Filter (pack, section 3)

FILTER_LISTS = ["schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId", "actId"]
TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.[0-9]{3}Z")


def is_time(value):
    """A time by its form; no calendar is asked."""
    match = TIME.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return False
    _, month, day, hour, minute, second = map(int, match.groups())
    return 1 <= month <= 12 and 1 <= day <= 31 and hour <= 23 and minute <= 59 and second <= 59


def parse_filter(value):
    need(isinstance(value, dict), "filter is no object")
    for name, condition in value.items():
        if name == "at":
            check_period(condition)
        else:
            need(name in FILTER_LISTS, "filter with an unknown member")
            check_list(condition, name == "projectId")
    return value


def check_period(period):
    need(isinstance(period, dict) and period and set(period) <= {"from", "to"}, "bad period in the filter")
    need(all(is_time(time) for time in period.values()), "bad time in the filter")
    need(len(period) < 2 or period["from"] < period["to"], "empty period in the filter")


def check_list(values, null_allowed):
    need(isinstance(values, list) and 1 <= len(values) <= 1000, "bad list in the filter")
    texts = values[1:] if null_allowed and values[0] is None else values
    for text in texts:
        need(isinstance(text, str) and 1 <= code_units(text) <= 256, "bad value in the filter")
    keys = list(map(utf16_order, texts))
    need(all(a < b for a, b in zip(keys, keys[1:])), "list in the filter not sorted")


def meets_condition(name, condition, header):
    value = header.get(name, Ellipsis)
    if name == "at":
        need(is_time(value), "a field at of another form")
        return condition.get("from", value) <= value and ("to" not in condition or value < condition["to"])
    need(isinstance(value, str) or (name == "projectId" and value is None), "a field %s that is no text" % name)
    if name == "schema":
        prefixes = tuple(text for text in condition if text.endswith((".", "@")))
        return value.startswith(prefixes) or value in condition
    return value in condition


def meets_filter(conditions, header):
    """All conditions are looked at: a field that can neither meet nor miss its own refuses the line."""
    return all([meets_condition(name, condition, header) for name, condition in conditions.items()])


# ---------------------------------------------------------------------------------------------------------------
# The files (pack, section 1)

ALWAYS = ["manifest.json", "checkpoint", "range.json", "leaves.bin", "events.ndjson", "stubs.ndjson", "schemas.json",
          "vkeys", "README.txt"]
ORDER = ALWAYS[:8] + ["consistency/", "operator/proof.tlog-proof"] + ["README.txt", "events.csv", "verify.html"]
FOLDERS = ["consistency", "operator"]


def rank(name):
    """Place of a file in the order of section 1: (row of the table, size of a proof of consistency)."""
    if name.startswith("consistency/"):
        size = decimal(name[len("consistency/"):])
        need(size > 0, "a proof of consistency with an empty log")
        return ORDER.index("consistency/"), size
    need(name in ORDER, "a file that no pack has: %s" % ascii(name))
    return ORDER.index(name), 0


def limit_of(name):
    """Largest size, and whether the file is small enough to be kept."""
    if name.startswith("consistency/"):
        return MAX_CONSISTENCY, True
    return SMALL_FILES.get(name, MAX_FILE), name in SMALL_FILES


class Part:
    """One file of the pack, read from `stream`, which has `size` bytes of it ahead."""

    def __init__(self, stream, size):
        self.stream, self.left = stream, size

    def read(self, size):
        data = self.stream.read(min(size, self.left))
        self.left -= len(data)
        need(len(data) == size or self.left == 0, "a file ends early")
        return data

    def readline(self, limit):
        data = self.stream.readline(min(limit, self.left))
        self.left -= len(data)
        return data

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.stream.close()


class Found:
    """What was found under a name: size, SHA-256, the content of small files, where it begins in the tar."""

    def __init__(self, name, part, place):
        limit, keep = limit_of(name)
        need(part.left <= limit, "%s is longer than allowed" % name)
        self.size, self.place = part.left, place
        digest, kept = hashlib.sha256(), []
        while part.left > 0:
            chunk = part.read(CHUNK)
            digest.update(chunk)
            if keep:
                kept.append(chunk)
        self.sha256 = digest.hexdigest()
        self.data = b"".join(kept) if keep else None


class Gunzip(io.RawIOBase):
    """A gzip file (RFC 1952) of one member and nothing after it, unpacked piece by piece."""

    def __init__(self, path):
        super().__init__()
        self.file = open(path, "rb")
        self.ahead, self.member, self.ended = b"", zlib.decompressobj(31), False

    def readable(self):
        return True

    def readinto(self, buffer):
        while not self.ended:
            data = self.unpack(len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)
        return 0

    def unpack(self, size):
        if not self.ahead:
            self.ahead = self.file.read(CHUNK)
        more = len(self.ahead) > 0
        try:
            data = self.member.decompress(self.ahead, size)
        except zlib.error as error:
            raise Invalid("not a gzip file") from error
        self.ahead = self.member.unconsumed_tail
        if self.member.eof:
            need(not self.member.unused_data and not self.file.read(1), "something follows the gzip file")
            self.ended = True
        else:
            need(data or more, "gzip file ends early")
        return data

    def close(self):
        self.file.close()
        super().close()


def tar_header(name, size):
    """The one header that a file of this name and size can have."""
    before = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"0" * 11 + b"\0"
    after = (b"0" + bytes(100) + b"ustar\0" + b"00").ljust(512 - 156, b"\0")
    checksum = sum(before) + 8 * 0x20 + sum(after)
    return before + b"%06o\0 " % checksum + after


def parse_tar_header(block):
    name, size = block[:100].split(b"\0", 1)[0], block[124:135]
    need(re.fullmatch(rb"[0-7]{11}", size), "bad size in the tar")
    size = int(size, 8)
    need(block == tar_header(name, size), "tar header of another form")
    return utf8(name), size


class Archive:
    """A pack as .tar.gz, or as the tar."""

    def __init__(self, path):
        self.path, self.files = path, {}
        with self.stream() as stream:
            self.scan(stream)

    def stream(self):
        with open(self.path, "rb") as file:
            gzipped = file.read(2) == b"\x1f\x8b"
        return io.BufferedReader(Gunzip(self.path), CHUNK) if gzipped else open(self.path, "rb")

    def scan(self, stream):
        place, last = 0, None
        while True:
            block = self.block(stream)
            place += 512
            if not any(block):
                break
            name, size = parse_tar_header(block)
            own = rank(name)
            need(last is None or last < own, "files out of order")
            last = own
            self.files[name] = Found(name, Part(stream, size), place)
            padding = -size % 512
            need(stream.read(padding) == bytes(padding), "padding in the tar is not zero")
            place += size + padding
        need(not any(self.block(stream)), "tar ends with one block")
        need(stream.read(1) == b"", "something follows the tar")

    @staticmethod
    def block(stream):
        block = stream.read(512)
        need(len(block) == 512, "tar ends early")
        return block

    def open(self, name):
        found = self.files[name]
        stream = self.stream()
        skipping = Part(stream, found.place)
        while skipping.left > 0:
            skipping.read(CHUNK)
        return Part(stream, found.size)


class Folder:
    """A pack as a folder; it holds nothing but the files of section 1."""

    def __init__(self, path):
        self.path, self.files = path, {}
        for name in sorted(self.names()):
            rank(name)
            with open(os.path.join(path, name), "rb") as stream:
                self.files[name] = Found(name, Part(stream, os.fstat(stream.fileno()).st_size), 0)
                need(stream.read(1) == b"", "a file grows")

    def names(self):
        for name, mode in self.list(""):
            if stat.S_ISDIR(mode) and name in FOLDERS:
                for inner, inner_mode in self.list(name):
                    yield self.regular(name + "/" + inner, inner_mode)
            else:
                yield self.regular(name, mode)

    def list(self, folder):
        with os.scandir(os.path.join(self.path, folder)) as entries:
            for entry in entries:
                yield entry.name, entry.stat(follow_symlinks=False).st_mode

    @staticmethod
    def regular(name, mode):
        need(stat.S_ISREG(mode), "no regular file: %s" % ascii(name))
        rank(name)
        return name

    def open(self, name):
        return Part(open(os.path.join(self.path, name), "rb"), self.files[name].size)


# ---------------------------------------------------------------------------------------------------------------
# Manifest (pack, section 2)


def check_words(text, what):
    need(isinstance(text, str) and 1 <= code_units(text) <= 512 and not has_control(text), "bad %s" % what)
    return text


def parse_file_list(value):
    need(isinstance(value, dict), "files is no object")
    files = {}
    for name, entry in value.items():
        need(name != "manifest.json", "the manifest lists itself")
        rank(name)
        size, digest = members(entry, ["bytes", "sha256"], "a file of the manifest")
        need(isinstance(digest, str) and re.fullmatch("[0-9a-f]{64}", digest), "bad SHA-256 in the manifest")
        files[name] = (natural(size, "bytes"), digest)
        need(files[name][0] <= MAX_FILE, "a file longer than any can be")
    return files


class Manifest:
    NAMES = ["kind", "version", "origin", "range", "checkpoint", "filter", "opened", "provable", "counts", "files",
             "createdAt", "timezone", "software"]

    def __init__(self, data):
        value = read_canonical(data)
        members(value, self.NAMES, "the manifest")
        need(value["kind"] == "cordon/evidence-pack" and value["version"] == 1.0, "another kind or version")
        need(not isinstance(value["version"], bool), "another version")
        self.origin = check_words(value["origin"], "origin")
        check_words(value["software"], "software")
        need(is_time(value["createdAt"]) and value["timezone"] == "UTC", "bad time of the manifest")
        self.read_range(value)
        self.filter = parse_filter(value["filter"])
        self.opened = value["opened"]
        need(self.opened == [n for n in HEADER_FIELDS if n in self.filter], "opened is not what the filter needs")
        self.provable = value["provable"]
        need(isinstance(self.provable, bool), "provable is no boolean")
        events, stubs = members(value["counts"], ["events", "stubs"], "counts")
        self.counts = (natural(events, "events"), natural(stubs, "stubs"))
        self.files = parse_file_list(value["files"])

    def read_range(self, value):
        start, end = members(value["range"], ["from", "to"], "range")
        root, size = members(value["checkpoint"], ["root", "size"], "checkpoint")
        self.start, self.end, self.size = natural(start, "from"), natural(end, "to"), natural(size, "size")
        self.root = unbase64(root, 32)
        need(self.start <= self.end <= self.size, "range beyond the checkpoint")


# ---------------------------------------------------------------------------------------------------------------
# Witness policy (C2SP tlog-policy)


class Policy:
    def __init__(self, data):
        need(len(data) <= MAX_POLICY, "policy too long")
        need(not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data), "policy with control characters")
        utf8(data)
        self.witnesses, self.groups, self.members, self.logs = {}, {}, set(), []
        self.publics, self.quorum = set(), None
        for line in data.split(b"\n"):
            words = re.split(rb"[ \t]+", line.strip(b" \t"))
            if words != [b""] and not words[0].startswith(b"#"):
                self.read(words)
        need(self.quorum is not None, "policy without a quorum")
        need(len(self.witnesses) + len(self.groups) <= MAX_POLICY_NAMES, "policy with too many names")

    def read(self, words):
        readers = {b"log": self.log, b"witness": self.witness, b"group": self.group, b"quorum": self.set_quorum}
        need(words[0] in readers, "unknown line in the policy")
        readers[words[0]](words[1:])

    def key(self, word, algorithm):
        key = Key(utf8(word))
        need(key.algorithm == algorithm, "key of another algorithm in the policy")
        need((algorithm, key.public) not in self.publics, "the same key twice in the policy")
        self.publics.add((algorithm, key.public))
        return key

    def define(self, name):
        need(name != b"none" and name not in self.witnesses and name not in self.groups, "name defined twice")
        return name

    def log(self, words):
        need(1 <= len(words) <= 2, "bad line for a log")
        self.logs.append(self.key(words[0], LOG_KEY))

    def witness(self, words):
        need(2 <= len(words) <= 3, "bad line for a witness")
        self.witnesses[self.define(words[0])] = self.key(words[1], COSIGNER_KEY)

    def group(self, words):
        need(len(words) >= 3, "bad line for a group")
        name, threshold, names = self.define(words[0]), words[1], words[2:]
        for member in names:
            need(member in self.witnesses or member in self.groups, "group with an undefined name")
            need(member not in self.members, "a name in groups twice")
            self.members.add(member)
        if threshold in (b"any", b"all"):
            needed = 1 if threshold == b"any" else len(names)
        else:
            needed = decimal(threshold.decode("latin-1"))
        need(1 <= needed <= len(names), "bad threshold of a group")
        self.groups[name] = (needed, names)

    def set_quorum(self, words):
        need(len(words) == 1 and self.quorum is None, "bad line for the quorum")
        need(words[0] == b"none" or words[0] in self.witnesses or words[0] in self.groups, "undefined quorum")
        self.quorum = words[0]

    def is_met(self, signers):
        """Whether these keys, of one checkpoint, make the quorum. Groups come after their members."""
        met = {name for name, key in self.witnesses.items()
               if any(s.algorithm == COSIGNER_KEY and s.public == key.public for s in signers)}
        for name, (needed, names) in self.groups.items():
            if sum(member in met for member in names) >= needed:
                met.add(name)
        return self.quorum == b"none" or self.quorum in met


# ---------------------------------------------------------------------------------------------------------------
# Verification (pack, section 5)


class Lines:
    """The lines of an NDJSON file; `next` is the one to come, None after the last."""

    def __init__(self, part, name):
        self.part, self.name, self.count = part, name, 0
        self.next = self.read()

    def read(self):
        data = self.part.readline(MAX_LINE + 1)
        if not data and self.part.left == 0:
            return None
        with refusing("malformed"):
            need(data.endswith(b"\n"), "%s, line %d: too long or without an end" % (self.name, self.count + 1))
            try:
                return Line(data[:-1])
            except Invalid as error:
                raise Invalid("%s, line %d: %s" % (self.name, self.count + 1, error)) from error

    def take(self):
        line = self.next
        self.count += 1
        self.next = self.read()
        return line


class Verification:
    def __init__(self, path, keys=None, origin=None, known_head=None, policy=None):
        self.path, self.asked_origin = path, origin
        self.known_head_note, self.policy = known_head, policy
        self.auditor_keys = (keys or []) + (policy.logs if policy else []) or None
        self.operator_checkpoint = None

    def run(self):
        for step in (self.files, self.origin, self.checkpoint, self.root, self.known_head, self.operator_log,
                     self.witnesses, self.shapes, self.events, self.counts, self.completeness):
            step()
        return self.result()

    # 1. Files

    def files(self):
        with refusing("malformed"):
            self.pack = Folder(self.path) if os.path.isdir(self.path) else Archive(self.path)
            need("manifest.json" in self.pack.files, "no manifest")
            self.manifest = Manifest(self.data("manifest.json"))
        with refusing("file_hash"):
            self.check_files()
        with refusing("malformed"):
            self.check_forms()

    def check_files(self):
        listed, found = self.manifest.files, self.pack.files
        for name in ALWAYS[1:]:
            need(name in listed, "the manifest does not list %s" % name)
        need(set(listed) == set(found) - {"manifest.json"}, "other files than the manifest lists")
        for name, size_and_digest in listed.items():
            need((found[name].size, found[name].sha256) == size_and_digest, "%s is another file" % name)

    def check_forms(self):
        count = self.manifest.end - self.manifest.start
        need(self.pack.files["leaves.bin"].size == 32 * count, "leaves.bin has another length")
        left, right = members(read_canonical(self.data("range.json")), ["left", "right"], "range.json")
        need(isinstance(left, list) and isinstance(right, list), "range.json is not two lists")
        self.left, self.right = [unbase64(h, 32) for h in left], [unbase64(h, 32) for h in right]
        names = [name for name in self.pack.files if name.startswith("consistency/")]
        need(len(names) <= MAX_CONSISTENCY_FILES, "too many proofs of consistency")
        self.consistency = {rank(name)[1]: self.parse_consistency(self.data(name)) for name in names}

    @staticmethod
    def parse_consistency(data):
        lines = utf8(data).split("\n")
        need(lines.pop() == "", "proof of consistency without an end")
        need(len(lines) <= MAX_PROOF_HASHES, "proof of consistency too long")
        return [unbase64(line, 32) for line in lines]

    def data(self, name):
        return self.pack.files[name].data

    # 2. Origin

    def origin(self):
        if self.asked_origin is not None and self.asked_origin != self.manifest.origin:
            raise Refused("signature", "the pack is of another log")

    # 3. Checkpoint

    def checkpoint(self):
        with refusing("malformed"):
            keys = self.pack_keys() if self.auditor_keys is None else self.auditor_keys
            witnesses = list(self.policy.witnesses.values()) if self.policy else []
            self.keyring = Keyring(list(keys) + witnesses)
        with refusing("signature"):
            found = open_checkpoint(self.data("checkpoint"), self.keyring, self.manifest.origin)
            need((found.size, found.root) == (self.manifest.size, self.manifest.root),
                 "the checkpoint is not that of the manifest")
        self.head = found

    def pack_keys(self):
        lines = utf8(self.data("vkeys")).split("\n")
        need(lines.pop() == "", "vkeys without an end")
        return [Key(line) for line in lines]

    # 4. Root

    def root(self):
        with refusing("root"):
            fold = self.fold_to(self.manifest.end)
            need(fold.root(self.head.size, self.right) == self.head.root, "the leaves lead to another root")

    def fold_to(self, end):
        fold = RangeFold(self.manifest.start, self.left)
        with self.pack.open("leaves.bin") as leaves:
            while fold.count < end:
                fold.push(leaves.read(32))
        return fold

    # 5. Known head

    def known_head(self):
        if self.known_head_note is None:
            return
        with refusing("signature"):
            known = open_checkpoint(self.known_head_note, self.keyring, self.manifest.origin)
        if known.size > self.head.size:
            raise Refused("older", "the checkpoint is older than the known head")
        with refusing("diverged"):
            self.check_beginning(known)

    def check_beginning(self, known):
        if self.manifest.start <= known.size <= self.manifest.end:
            need(self.fold_to(known.size).root_here() == known.root, "the known head has another root")
        elif known.size == self.head.size:
            need(known.root == self.head.root, "the known head has another root")
        elif known.size > 0:  # of size 0 the root is that of no leaves, or it would not have been opened
            need(known.size in self.consistency, "no proof of consistency with the known head")
            verify_consistency(known.size, known.root, self.head.size, self.head.root, self.consistency[known.size])

    # 6. Operator log

    def operator_log(self):
        name = "operator/proof.tlog-proof"
        if name not in self.pack.files:
            return
        with refusing("operator"):
            self.check_operator(*parse_proof_file(self.data(name)))

    def check_operator(self, extra, index, hashes, note):
        entry = self.data("checkpoint") if extra is None else extra
        need(len(entry) <= MAX_ENTRY, "entry of the operator log too long")
        logged = open_checkpoint(entry, self.keyring, self.manifest.origin)
        need((logged.size, logged.root) == (self.head.size, self.head.root), "the operator log has another checkpoint")
        host, slash, _ = self.manifest.origin.rpartition("/")
        need(slash, "no operator log belongs to this origin")
        found = open_checkpoint(note, self.keyring, host + "/operator")
        verify_inclusion(index, found.size, leaf_hash(entry), hashes, found.root)
        self.operator_checkpoint = found

    # 7. Witnesses

    def witnesses(self):
        if self.policy is None or self.policy.is_met(self.head.signers):
            return
        if self.operator_checkpoint is None or not self.policy.is_met(self.operator_checkpoint.signers):
            raise Refused("unwitnessed", "the quorum of the policy has not cosigned")

    # 8. Shapes

    def shapes(self):
        with refusing("malformed"):
            self.schemas = read_canonical(self.data("schemas.json"))
            need(isinstance(self.schemas, dict), "schemas.json is no object")
        for digest, shape in self.schemas.items():
            if sha256(canonical(shape)).hex() != digest:
                raise Refused("schema", "a shape stands under another digest")
        with refusing("malformed"):
            for shape in self.schemas.values():
                need(isinstance(shape, dict) and isinstance(shape.get("schema"), str), "a shape without a schema")

    # 9. Events

    def events(self):
        with refusing("malformed"), self.pack.open("leaves.bin") as leaves, \
                self.pack.open("events.ndjson") as events, self.pack.open("stubs.ndjson") as stubs:
            self.walk(leaves, Lines(events, "events.ndjson"), Lines(stubs, "stubs.ndjson"))

    def walk(self, leaves, events, stubs):
        fold = RangeFold(self.manifest.start, self.left)
        for index in range(self.manifest.start, self.manifest.end):
            leaf = leaves.read(32)
            fold.push(leaf)
            if self.holder(index, events, stubs) is events:
                self.check_event(self.matching(events.take(), leaf))
            else:
                self.check_stub(self.matching(stubs.take(), leaf))
        for lines in (events, stubs):
            if lines.next is not None:
                raise Refused("misplaced", "a line is left over in %s" % lines.name, lines.next.index)
        with refusing("root"):
            need(fold.root(self.head.size, self.right) == self.head.root, "the leaves changed while they were read")
        self.found_counts = (events.count, stubs.count)

    @staticmethod
    def holder(index, events, stubs):
        """The file whose next line has the index."""
        ahead = [lines for lines in (events, stubs) if lines.next is not None]
        for lines in ahead:
            if lines.next.index < index:
                raise Refused("misplaced", "a line of %s is out of its place" % lines.name, lines.next.index)
        if len(ahead) == 2 and events.next.index == stubs.next.index == index:
            raise Refused("misplaced", "an index is in both files", index)
        for lines in ahead:
            if lines.next.index == index:
                return lines
        raise Refused("missing", "no line has the index", index)

    @staticmethod
    def matching(line, leaf):
        if line.leaf != leaf:
            raise Refused("event", "the line leads to another leaf", line.index)
        return line

    def check_event(self, line):
        required = EARLY_FIELDS if line.early else HEADER_FIELDS
        if not set(required) <= set(line.values):
            raise Refused("opening", "an event without all header fields", line.index)
        with refusing("filter", line.index):
            need(meets_filter(self.manifest.filter, line.header()), "the event does not meet the filter")
        with refusing("schema", line.index):
            digest = line.schema_digest()
            need(isinstance(digest, str) and digest in self.schemas, "the shape of the event is not in the pack")
            need(self.schemas[digest]["schema"] == line.header().get("schema"), "the shape is of another schema")

    def check_stub(self, line):
        opened = self.manifest.opened
        if line.early:
            opened = ["header"] if opened else []
        if set(line.values) != set(opened):
            raise Refused("opening", "a stub opens other fields than the filter needs", line.index)
        with refusing("filter", line.index):
            met = meets_filter(self.manifest.filter, line.header())
            need(not met or not self.manifest.provable, "the event of a stub meets the filter")

    # 10. Counts

    def counts(self):
        if self.found_counts != self.manifest.counts:
            raise Refused("count", "other numbers of lines than the manifest says")

    # 11. Provable

    def completeness(self):
        if not self.manifest.provable:
            raise Refused("unproven", "the pack itself says that more was left out than its filter shows")

    def result(self):
        """What was shown, whose keys were believed, and what was not asked."""
        manifest, from_pack = self.manifest, self.auditor_keys is None
        result = {
            "ok": True,
            "origin": manifest.origin,
            "range": {"from": manifest.start, "to": manifest.end},
            "checkpoint": {"size": self.head.size, "root": base64.b64encode(self.head.root).decode("ascii")},
            "filter": manifest.filter,
            "counts": {"events": manifest.counts[0], "stubs": manifest.counts[1]},
            "keysFrom": "pack" if from_pack else "auditor",
            "operatorLog": self.operator_checkpoint is not None,
            "notAsked": [name for name, brought in [
                ("vkey", self.auditor_keys), ("origin", self.asked_origin), ("knownHead", self.known_head_note),
                ("witnesses", self.policy)] if brought is None],
        }
        if from_pack:
            result["warning"] = "THE KEYS ARE THE PACK'S OWN: WHOEVER FORGES A PACK BRINGS A KEY ALONG"
        return result


# ---------------------------------------------------------------------------------------------------------------
# Command line


def read_brought(path, limit):
    try:
        with open(path, "rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise Usage("cannot read %s" % path) from error
    if len(data) > limit:
        raise Usage("%s is longer than allowed" % path)
    return data


def brought_keys(path):
    if path is None:
        return None
    try:
        lines = utf8(read_brought(path, SMALL_FILES["vkeys"])).split("\n")
        keys = [Key(line) for line in lines if line != ""]
        need(any(key.algorithm == LOG_KEY for key in keys), "no vkey of a log in it")
    except Invalid as error:
        raise Usage("%s: %s" % (path, error)) from error
    return keys


def brought_policy(path):
    if path is None:
        return None
    try:
        return Policy(read_brought(path, MAX_POLICY))
    except Invalid as error:
        raise Usage("%s: %s" % (path, error)) from error


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description="Verify an evidence pack.", allow_abbrev=False)
    parser.add_argument("packs", metavar="PACK", nargs="+", help="the .tar.gz or the folder")
    parser.add_argument("--vkey", metavar="FILE", help="vkeys of the log, one a line")
    parser.add_argument("--origin", metavar="TEXT", help="the origin the log must have")
    parser.add_argument("--known-head", metavar="FILE", help="a checkpoint known from before")
    parser.add_argument("--witness-policy", metavar="FILE", help="which witnesses must have cosigned (tlog-policy)")
    return parser.parse_args(arguments)


def brought(options):
    """What the auditor brings (pack, section 5), read once for all packs."""
    known_head = None if options.known_head is None else read_brought(options.known_head, MAX_NOTE)
    return brought_keys(options.vkey), options.origin, known_head, brought_policy(options.witness_policy)


def verify(path, trust):
    """The answer for one pack, and its exit code."""
    try:
        return Verification(path, *trust).run(), 0
    except Refused as refusal:
        answer = {"ok": False, "code": refusal.code, "detail": refusal.detail}
        if refusal.index is not None:
            answer["index"] = refusal.index
        return answer, EXIT_CODES[refusal.code]
    except OSError as error:
        return usage(error), USAGE


def usage(error):
    return {"ok": False, "code": "usage", "detail": str(error)}


def answers(arguments):
    options = parse_arguments(arguments)
    try:
        trust = brought(options)
    except Usage as error:
        yield usage(error), USAGE
        return
    for path in options.packs:
        yield verify(path, trust)


def main():
    first_failure = 0
    for answer, code in answers(sys.argv[1:]):
        print(json.dumps(answer, separators=(",", ":")), flush=True)
        if "warning" in answer:
            print(answer["warning"], file=sys.stderr)
        first_failure = first_failure or code
    return first_failure


if __name__ == "__main__":
    sys.exit(main())
