/** Signed notes, checkpoints and proof files: the published examples, what must be refused, and what a false signer could try. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase64, toUtf8 } from '@/lib/kernel/encoding';
import { primitives } from '@/lib/primitives';
import {
  COSIGNATURE,
  checkpointText,
  cosign,
  ED25519,
  emptyRoot,
  formatNote,
  formatProofFile,
  formatVkey,
  leafHash,
  type NoteKey,
  nodeHash,
  noteKey,
  openCheckpoint,
  parseCheckpointText,
  parseNote,
  parseProofFile,
  parseVkey,
  type Signer,
  signNote,
  type VerifyEd25519,
  verifyNote,
  verifyProofFile,
} from './index';

const hash = primitives;
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) =>
  verify(null, message, { key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' }, signature);

function signerOf(name: string, seed: number, algorithm: NoteKey['algorithm'] = ED25519): Signer {
  const der = Buffer.concat([PKCS8, Buffer.alloc(32, seed)]);
  const secret: KeyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    key: noteKey(hash, name, algorithm, new Uint8Array(raw))!,
    sign: (message) => new Uint8Array(sign(null, message, secret)),
  };
}

const log = signerOf('console.example/audit', 1);
const next = signerOf('console.example/audit', 2);
const witness = signerOf('witness.example/w1', 3, COSIGNATURE);
const stranger = signerOf('console.example/audit', 4);
const ORIGIN = 'console.example/audit/org_1';
const LOG = { origin: ORIGIN, keys: [log.key, witness.key] };
const [a, b] = [0, 1].map((n) => leafHash(hash, Uint8Array.of(n))) as [Uint8Array, Uint8Array];
const ROOT = nodeHash(hash, a, b);
const TEXT = checkpointText({ origin: ORIGIN, size: 2, root: ROOT, extensions: [] });

describe('the published example', () => {
  const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  const note =
    'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

  it('verifies, and not a bit changed', async () => {
    const key = parseVkey(hash, vkey)!;
    expect([key.name, formatVkey(key)]).toEqual(['example.com/foo', vkey]);
    const result = await verifyNote(toUtf8(note)!, [key], verifyEd25519);
    expect(result.ok && result.verified).toEqual([{ key, time: null }]);
    const changed = await verifyNote(note.replace('example m', 'Example m'), [key], verifyEd25519);
    expect(changed).toEqual({ ok: false, reason: 'signature_invalid' });
  });
});

describe('verifier keys', () => {
  it('come back, with pluses in their base64', () => {
    for (let seed = 0; seed < 60; seed++) {
      const { key } = signerOf('a.example', seed, seed % 2 ? ED25519 : COSIGNATURE);
      expect(parseVkey(hash, formatVkey(key))).toEqual(key);
    }
  });

  const good = formatVkey(log.key);
  const [name, id, base64] = [good.split('+')[0]!, good.split('+')[1]!, good.split('+').slice(2).join('+')];
  it.each([
    '',
    '++',
    good.slice(1),
    good.slice(0, -4),
    `${name}+${id}`,
    `${name}+${id.slice(1)}+${base64}`,
    `${name}+00000000+${base64}`,
    `${name} x+${id}+${base64}`,
    `${name}+${id}+${base64}=`,
    `${name}+${id}+${encodeBase64(Uint8Array.of(2, ...log.key.publicKey))}`,
    `${'x'.repeat(600)}+${id}+${base64}`,
  ])('refuses %j', (vkey) => {
    expect(parseVkey(hash, vkey)).toBeNull();
  });

  it('have no spaces, pluses or control characters in their names', () => {
    for (const name of [
      '',
      'a b',
      'a+b',
      'a\u00a0b',
      'a\u3000b',
      'a\u0085b',
      'a\nb',
      '\ud800',
      'x'.repeat(256),
      'ü'.repeat(128),
    ]) {
      expect([name, noteKey(hash, name, ED25519, log.key.publicKey)]).toEqual([name, null]);
    }
    expect(noteKey(hash, 'a', ED25519, new Uint8Array(31))).toBeNull();
    // U+FEFF is no white space.
    for (const name of ['x'.repeat(255), `${'ü'.repeat(127)}x`, 'a\ufeffb']) {
      expect(noteKey(hash, name, ED25519, log.key.publicKey)).toMatchObject({ name });
    }
  });
});

describe('notes', () => {
  it('carry signatures of several keys, and ignore those of unknown ones', async () => {
    const note = await signNote(TEXT, [log, next, stranger]);
    const result = await verifyNote(note, [next.key, log.key], verifyEd25519);
    expect(result.ok && result.verified.map(({ key }) => key)).toEqual([log.key, next.key]);
    expect(await verifyNote(note, [witness.key], verifyEd25519)).toEqual({ ok: false, reason: 'signature_missing' });
    expect(await verifyNote(note, [], verifyEd25519)).toEqual({ ok: false, reason: 'signature_missing' });
    const { signatures } = parseNote(note)!;
    const namesake = { name: 'other.example', id: log.key.id, signature: new Uint8Array(64) };
    const mixed = formatNote({ text: TEXT, signatures: [namesake, ...signatures] });
    expect((await verifyNote(mixed, [log.key], verifyEd25519)).ok).toBe(true);
  });

  it("are refused whole when a known key's signature fails, whatever else they carry", async () => {
    const forged: Signer = { key: next.key, sign: stranger.sign };
    const note = await signNote(TEXT, [log, forged]);
    expect((await verifyNote(note, [log.key], verifyEd25519)).ok).toBe(true);
    const result = await verifyNote(note, [log.key, next.key], verifyEd25519);
    expect(result).toEqual({ ok: false, reason: 'signature_invalid' });
  });

  it('need every key to verify that shares name and id with another', async () => {
    const twin: NoteKey = { ...stranger.key, id: log.key.id };
    const result = await verifyNote(await signNote(TEXT, [log]), [log.key, twin], verifyEd25519);
    expect(result).toEqual({ ok: false, reason: 'signature_invalid' });
  });

  it('may hold empty lines, and report a key once', async () => {
    const text = 'one\n\n— two\n\nthree\n';
    const note = await signNote(text, [log, log]);
    expect(parseNote(note)?.text).toBe(text);
    const result = await verifyNote(note, [log.key], verifyEd25519);
    expect(result.ok && result.verified.length).toBe(1);
  });

  it('come back from any text and signatures', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\p{Cc}\ud800-\udfff]/u.test(text));
    const signature = fc.record({
      name: fc.constantFrom('a', 'b.example/ü', 'c/d'),
      id: fc.nat(0xffffffff),
      signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
    });
    fc.assert(
      fc.property(fc.array(line), fc.array(signature, { minLength: 1, maxLength: 64 }), (lines, signatures) => {
        const text = `${lines.join('\n')}\n`;
        const note = formatNote({ text, signatures });
        expect(parseNote(note)).toEqual({ text, signatures });
        expect(parseNote(toUtf8(note)!)).toEqual({ text, signatures });
      }),
    );
  });

  const good = formatNote({ text: 'x\n', signatures: [{ name: 'a', id: 1, signature: Uint8Array.of(1) }] });
  const [line] = good.split('\n').slice(2);
  it.each([
    '',
    '\n',
    'x\n',
    'x\n\n',
    good.slice(0, -1),
    `${good}\n`,
    `${good}y\n`,
    good.replace('—', '-'),
    good.replace('— ', '—'),
    good.replace('— a', '—  a'),
    good.replace('— a', '— a+'),
    good.replace('— a', '— a\u2003'),
    `x\n\n— a ${encodeBase64(new Uint8Array(4))}\n`,
    `x\n\n— a ${encodeBase64(new Uint8Array(5)).replace('=', '')}\n`,
    `x\n\n${line} z\n`,
    `x\r\n\n${line}\n`,
    `x\ty\n\n${line}\n`,
    `x\u0000\n\n${line}\n`,
    `\ud800\n\n${line}\n`,
    `x\n\n${`${line}\n`.repeat(65)}`,
    `${'x'.repeat(131_072)}\n\n${line}\n`,
    `${'é'.repeat(65_530)}\n\n${line}\n`,
  ])('refuses %j', (note) => {
    expect(parseNote(note)).toBeNull();
  });

  it('take 16 signatures of the largest kind, and no bytes that are not UTF-8', () => {
    const signatures = Array.from({ length: 16 }, (_, id) => ({ name: 'a', id, signature: new Uint8Array(4800) }));
    expect(parseNote(formatNote({ text: TEXT, signatures }))?.signatures.length).toBe(16);
    expect(parseNote(Uint8Array.of(...toUtf8(good)!.with(0, 0xff)))).toBeNull();
    expect(parseNote(new Uint8Array(131_073))).toBeNull();
  });

  it('are not made of what would not be one', async () => {
    for (const text of ['', 'x', 'x\r\n', 'x\u0001\n']) await expect(signNote(text, [log])).rejects.toThrow(RangeError);
    await expect(signNote('x\n', [])).rejects.toThrow(RangeError);
  });
});

describe('checkpoints', () => {
  const open = (note: string, keys = LOG.keys) => openCheckpoint(hash, note, { ...LOG, keys }, verifyEd25519);

  it('open to origin, size and root', async () => {
    const result = await open(await signNote(TEXT, [log]));
    expect(result).toEqual({
      ok: true,
      checkpoint: { origin: ORIGIN, size: 2, root: ROOT, extensions: [] },
      cosigners: [],
    });
  });

  it('tell who cosigned, and when', async () => {
    const time = 1_679_315_147;
    const signed = parseNote(await signNote(TEXT, [log]))!;
    const cosignature = await cosign(TEXT, witness, time);
    const note = formatNote({ text: TEXT, signatures: [...signed.signatures, cosignature] });
    const result = await open(note);
    expect(result.ok && result.cosigners).toEqual([{ key: witness.key, time }]);

    const later = cosignature.signature.with(7, cosignature.signature[7]! + 1);
    const moved = formatNote({ text: TEXT, signatures: [...signed.signatures, { ...cosignature, signature: later }] });
    expect(await open(moved)).toEqual({ ok: false, reason: 'signature_invalid' });
    const far = cosignature.signature.with(0, 0x80);
    const beyond = formatNote({ text: TEXT, signatures: [...signed.signatures, { ...cosignature, signature: far }] });
    expect(await open(beyond)).toEqual({ ok: false, reason: 'signature_invalid' });

    const alone = formatNote({ text: TEXT, signatures: [cosignature] });
    expect(await open(alone)).toEqual({ ok: false, reason: 'signature_missing' });
    await expect(cosign('x\n', witness, time)).rejects.toThrow(RangeError);
    await expect(cosign(TEXT, witness, 2 ** 53)).rejects.toThrow(RangeError);
  });

  it("sign `cosignature/v1`, the time and the checkpoint's text", async () => {
    const { signature } = await cosign(TEXT, witness, 77);
    const message = toUtf8(`cosignature/v1\ntime 77\n${TEXT}`)!;
    expect(signature.subarray(0, 8)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 77));
    expect(await verifyEd25519(witness.key.publicKey, message, signature.subarray(8))).toBe(true);
  });

  it('of another log are refused, though the same key signed them', async () => {
    const text = checkpointText({ origin: `${ORIGIN}2`, size: 2, root: ROOT, extensions: [] });
    expect(await open(await signNote(text, [log]))).toEqual({ ok: false, reason: 'origin_other' });
  });

  it('must be checkpoints, and of an empty tree when they say 0', async () => {
    expect(await open(await signNote('x\n', [log]))).toEqual({ ok: false, reason: 'checkpoint_malformed' });
    const empty = (root: Uint8Array) => checkpointText({ origin: ORIGIN, size: 0, root, extensions: [] });
    expect((await open(await signNote(empty(emptyRoot(hash)), [log]))).ok).toBe(true);
    const result = await open(await signNote(empty(ROOT), [log]));
    expect(result).toEqual({ ok: false, reason: 'checkpoint_malformed' });
  });

  it('keep lines they do not know', () => {
    const extensions = ['timestamp 1', 'x'];
    const text = checkpointText({ origin: ORIGIN, size: 2, root: ROOT, extensions });
    expect(parseCheckpointText(text)?.extensions).toEqual(extensions);
  });

  const root = encodeBase64(ROOT);
  it.each([
    '',
    '\n',
    `${ORIGIN}\n2\n`,
    `${ORIGIN}\n2\n${root}`,
    `\n2\n${root}\n`,
    `${ORIGIN}\n02\n${root}\n`,
    `${ORIGIN}\n+2\n${root}\n`,
    `${ORIGIN}\n-2\n${root}\n`,
    `${ORIGIN}\n2.0\n${root}\n`,
    `${ORIGIN}\n2 \n${root}\n`,
    `${ORIGIN}\n9007199254740992\n${root}\n`,
    `${ORIGIN}\n99999999999999999999\n${root}\n`,
    `${ORIGIN}\n2\n${root.slice(0, -1)}\n`,
    `${ORIGIN}\n2\n${encodeBase64(ROOT.subarray(1))}\n`,
    `${ORIGIN}\n2\n${root}\n\n`,
    `${ORIGIN}\n2\n${root}\n\nx\n`,
  ])('refuse %j', (text) => {
    expect(parseCheckpointText(text)).toBeNull();
  });

  it('are not made of what would not be one', () => {
    const good = { origin: ORIGIN, size: 2, root: ROOT, extensions: [] };
    for (const bad of [
      { origin: '' },
      { origin: 'a\n1' },
      { origin: `a\n9\n${root}` },
      { size: 1.5 },
      { root: new Uint8Array(3) },
      { extensions: [''] },
      { extensions: ['x\ny'] },
    ]) {
      expect(() => checkpointText({ ...good, ...bad })).toThrow(RangeError);
    }
  });
});

describe('proof files', () => {
  const entry = Uint8Array.of(0);
  const check = (text: string, value = entry) => verifyProofFile(hash, text, value, LOG, verifyEd25519);
  const make = async (signer: Signer, hashes = [b]) =>
    formatProofFile({ index: 0, hashes, extra: Uint8Array.of(1, 2), checkpoint: await signNote(TEXT, [signer]) });

  it('prove an entry', async () => {
    const text = await make(log);
    expect(text.startsWith('c2sp.org/tlog-proof@v1\nextra AQI=\nindex 0\n')).toBe(true);
    const result = await check(text);
    expect(result.ok && [result.proof.index, result.proof.extra, result.checkpoint.size]).toEqual([
      0,
      Uint8Array.of(1, 2),
      2,
    ]);
  });

  it('prove nothing else', async () => {
    const text = await make(log);
    expect(await check(text, Uint8Array.of(1))).toEqual({ ok: false, reason: 'inclusion_invalid' });
    expect(await check(text.replace('index 0', 'index 1'))).toEqual({ ok: false, reason: 'inclusion_invalid' });
    expect(await check(await make(log, [a]))).toEqual({ ok: false, reason: 'inclusion_invalid' });
    expect(await check(await make(log, []))).toEqual({ ok: false, reason: 'inclusion_invalid' });
    expect(await check(await make(stranger))).toEqual({ ok: false, reason: 'signature_missing' });
    expect(await check(text.replace('\n2\n', '\n3\n'))).toEqual({ ok: false, reason: 'signature_invalid' });
    expect(await check('x')).toEqual({ ok: false, reason: 'proof_malformed' });
  });

  it('come back, with and without hashes and extra data', async () => {
    const checkpoint = await signNote(TEXT, [log]);
    for (const extra of [null, new Uint8Array(0), new Uint8Array(131_072)]) {
      for (const hashes of [[], new Array(54).fill(a)]) {
        const proof = { index: 2 ** 53 - 1, hashes, extra, checkpoint };
        expect(parseProofFile(formatProofFile(proof))).toEqual(proof);
      }
    }
  });

  it('are refused when malformed', async () => {
    const checkpoint = await signNote(TEXT, [log]);
    const hashes = [b, a];
    const good = formatProofFile({ index: 1, hashes, extra: Uint8Array.of(1), checkpoint });
    const line = encodeBase64(a);
    for (const bad of [
      '',
      good.replace('@v1', '@v2'),
      good.slice(0, -1),
      good.replace('\n\n', '\n'),
      good.replace('extra ', 'extra  '),
      good.replace('extra AQ==', 'extra AR=='),
      good.replace('extra AQ==\n', 'extra AQ==\nextra AQ==\n'),
      good.replace('index 1', 'index 01'),
      good.replace('index 1', 'index -1'),
      good.replace('index 1\n', ''),
      good.replace('index 1\n', 'index 1\nindex 1\n'),
      good.replace(line, line.slice(4)),
      good.replace(line, `${line} `),
      good.replace(line, `\n${line}`),
      good.replace(line, `${line}\n`.repeat(55).trimEnd()),
      good.replaceAll('\n', '\r\n'),
      ` ${good}`,
      `${good}\n`,
      `${'x'.repeat(400_000)}`,
    ]) {
      expect([bad.slice(0, 200), parseProofFile(bad)]).toEqual([bad.slice(0, 200), null]);
    }
    expect(() => formatProofFile({ index: -1, hashes, extra: null, checkpoint })).toThrow(RangeError);
    expect(() => formatProofFile({ index: 0, hashes, extra: new Uint8Array(131_073), checkpoint })).toThrow(RangeError);
  });
});
