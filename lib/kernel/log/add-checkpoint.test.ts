/** The messages between a log and a witness: the examples of C2SP tlog-witness byte for byte, and what must be refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { signerOf } from '@/test/foreign/world';
import {
  COSIGNATURE,
  cosign,
  formatAddCheckpoint,
  formatNote,
  MAX_ADD_CHECKPOINT_BYTES,
  parseAddCheckpoint,
  parseNote,
  readCosigned,
  readWitnessSize,
  signNote,
} from './index';

/** C2SP tlog-witness v1.0.0, "Example request body". */
const REQUEST = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`;
/** The same, "Example response body": three lines, the first two of one witness under two keys. */
const RESPONSE = `— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
— witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==
`;
const TEXT = parseNote(parseAddCheckpoint(REQUEST)!.note)!.text;
const witness = signerOf('witness.example/w1', 31, COSIGNATURE);
const other = signerOf('witness.example/w1', 32, COSIGNATURE);
const NOW = 1_770_000_000;

async function lines(...signers: [typeof witness, number][]): Promise<string> {
  const signatures = await Promise.all(signers.map(([signer, time]) => cosign(TEXT, signer, time)));
  return formatNote({ text: TEXT, signatures }).slice(TEXT.length + 1);
}
const read = (answer: string) => readCosigned(TEXT, answer, witness.key, verifyEd25519);

describe('a request', () => {
  it('of the specification is read, and written again with the same bytes', () => {
    const request = parseAddCheckpoint(REQUEST)!;
    expect(request.old).toBe(20_852_014);
    expect(request.proof.map((hash) => hash.length)).toEqual([32, 32, 32, 32]);
    expect(parseNote(request.note)!.signatures).toHaveLength(2);
    expect(formatAddCheckpoint(request)).toBe(REQUEST);
    expect(parseAddCheckpoint(Buffer.from(REQUEST))).toEqual(request);
  });

  it('without a proof has an empty line after the first', () => {
    const { note } = parseAddCheckpoint(REQUEST)!;
    const body = formatAddCheckpoint({ old: 0, proof: [], note });
    expect(body).toBe(`old 0\n\n${note}`);
    expect(parseAddCheckpoint(body)).toEqual({ old: 0, proof: [], note });
  });

  it.each([
    ['another word', REQUEST.replace('old', 'new')],
    ['a leading zero', REQUEST.replace('old 2', 'old 02')],
    ['two spaces', REQUEST.replace('old ', 'old  ')],
    ['a sign', REQUEST.replace('old ', 'old -')],
    ['a size beyond 2^53', REQUEST.replace('20852014', '9007199254740992')],
    ['a carriage return', REQUEST.replace('\n', '\r\n')],
    ['a short hash', REQUEST.replace('PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=', 'PlRNCrwHpqg=')],
    ['base64 of another spelling', REQUEST.replace('DDpkaw=', 'DDpkax=')],
    ['no empty line', REQUEST.replace('\n\n', '\n')],
    ['no note', REQUEST.slice(0, REQUEST.indexOf('\n\n') + 2)],
    ['no last line end', REQUEST.slice(0, -1)],
    ['64 hashes', REQUEST.replace(/\n.*\n/, `\n${'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n'.repeat(64)}`)],
    ['more bytes than any can have', REQUEST.padEnd(MAX_ADD_CHECKPOINT_BYTES + 1, 'x')],
    ['bytes that are no text', Buffer.concat([Buffer.from(REQUEST), Buffer.of(0xff)])],
  ])('with %s is refused', (_, body) => {
    expect(parseAddCheckpoint(body)).toBeNull();
  });

  it('comes back whatever its numbers', () => {
    const { note } = parseAddCheckpoint(REQUEST)!;
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.array(hash, { maxLength: 63 }), (old, proof) => {
        expect(parseAddCheckpoint(formatAddCheckpoint({ old, proof, note }))).toEqual({ old, proof, note });
      }),
    );
  });

  it('is null or an object for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(parseAddCheckpoint(bytes)).toBeNull();
      }),
    );
  });
});

it('a size is a decimal on a line', () => {
  expect(['0\n', '12\n', '12', '012\n', '-1\n', '1\n\n', '9007199254740992\n', ''].map(readWitnessSize)).toEqual([
    0,
    12,
    ...Array(6).fill(null),
  ]);
});

describe('an answer', () => {
  it('of the specification holds nothing of an unknown key', async () => {
    expect(await read(RESPONSE)).toBeNull();
    expect(parseNote(`${TEXT}\n${RESPONSE}`)!.signatures.map(({ name }) => name)).toEqual([
      'witness.example/w1',
      'witness.example/w1',
      'witness.example/w2',
    ]);
  });

  it('gives the line of the witness alone, whatever stands beside it', async () => {
    const own = await lines([witness, NOW]);
    expect(await read(own)).toEqual({ line: own, time: NOW });
    expect(await read(RESPONSE + own)).toEqual({ line: own, time: NOW });
    expect(await read((await lines([other, NOW])) + own)).toEqual({ line: own, time: NOW });
  });

  it('is nothing when it is false, another key’s, of no time, or no lines', async () => {
    const own = await lines([witness, NOW]);
    const cosignedElse = (await signNote(TEXT, [witness])).slice(TEXT.length + 1);
    const text = TEXT.replace('20852163', '20852164');
    const moved = formatNote({ text, signatures: [await cosign(text, witness, NOW)] }).slice(text.length + 1);
    for (const answer of [
      '',
      '\n',
      own.slice(0, -1),
      `${own}\n${own}`,
      `x\n\n${own}`,
      await lines([other, NOW]),
      await lines([witness, 0]),
      cosignedElse,
      moved,
      // A false line beside a good one: whose is it? Neither is taken.
      own + moved,
      own.repeat(65),
      `${own}${'x'.repeat(200_000)}`,
    ])
      expect(await read(answer), answer.slice(0, 80)).toBeNull();
  });

  it('of the key as a log’s own is no cosignature', async () => {
    const asLog = signerOf('witness.example/w1', 31);
    const line = (await signNote(TEXT, [asLog])).slice(TEXT.length + 1);
    expect(await readCosigned(TEXT, line, asLog.key, verifyEd25519)).toBeNull();
  });
});
