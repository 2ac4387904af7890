/** Witness policies as auditors may write them. */
import { encodeBase64, fromUtf8, toUtf8 } from '@/lib/kernel/encoding';
import { formatVkey, noteKey } from '@/lib/kernel/log';
import type { PackFaultCode } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { remade } from './mutants';
import { type Files, FORGER, packOf, VKEY, WITNESSES, type World } from './world';

export interface Policy {
  name: string;
  text: string;
  /** Null: the pack holds. `usage`: the policy is none. */
  code: PackFaultCode | 'usage' | null;
}

/** Cosigned by the first two witnesses, and in the operator log by the third. */
export const cosignedPack = (world: World) =>
  packOf(world, { witnesses: WITNESSES.slice(0, 2), operatorWitnesses: WITNESSES.slice(2) });

/** Its first witness says a time that is beyond the limits, and signs it. */
export async function latePack(world: World): Promise<Files> {
  const files = await packOf(world);
  const note = fromUtf8(files.get('checkpoint')!)!;
  const { key, sign } = WITNESSES[0]!;
  const time = 2n ** 53n;
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(key.id);
  bytes.writeBigUInt64BE(time, 4);
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  const signature = await sign(toUtf8(`cosignature/v1\ntime ${time}\n${text}`)!);
  return remade(files, {
    checkpoint: `${note}\u2014 ${key.name} ${encodeBase64(Buffer.concat([bytes, signature]))}\n`,
    'operator/proof.tlog-proof': null,
  });
}

const [a, b, c] = WITNESSES.map(({ key }) => formatVkey(key));
const three = `witness a ${a}\nwitness b ${b}\nwitness c ${c}\n`;
const names = (count: number) =>
  Array.from({ length: count }, (_, i) => `group g${i} any ${i === 0 ? 'a' : `g${i - 1}`}\n`).join('');
/** The witness a by another name: the cosignature does not name this one, so it stays unknown. */
const renamed = formatVkey(noteKey(primitives, 'witness.example/other', 4, WITNESSES[0]!.key.publicKey)!);

export const POLICIES: Policy[] = [
  { name: 'a quorum', text: `${three}group two 2 a b c\nquorum two\n`, code: null },
  { name: 'no end of the last line', text: `${three}group two 2 a b\nquorum two`, code: null },
  { name: 'the witness of the operator log alone', text: `${three}quorum c\n`, code: null },
  { name: 'witnesses of both together', text: `${three}group all all a b c\nquorum all\n`, code: 'unwitnessed' },
  {
    name: 'a quorum that is a member, too',
    text: `${three}group two all a b\ngroup one any two c\nquorum two\n`,
    code: null,
  },
  { name: 'a witness by another name', text: `witness a ${renamed}\nquorum a\n`, code: 'unwitnessed' },
  { name: 'the log', text: `log ${VKEY} https://log.example/\nquorum none\n`, code: null },
  { name: 'another log beside the key', text: `log ${formatVkey(FORGER.key)}\nquorum none\n`, code: null },
  { name: '256 names', text: `witness a ${a}\n${names(255)}quorum g254\n`, code: null },
  { name: '257 names', text: `witness a ${a}\n${names(256)}quorum g255\n`, code: 'usage' },
  { name: 'a name in two groups', text: `${three}group x any a b\ngroup y any a c\nquorum x\n`, code: 'usage' },
  { name: 'a control character in a comment', text: `# a\u000b\nquorum none\n`, code: 'usage' },
  { name: 'no quorum', text: three, code: 'usage' },
];
