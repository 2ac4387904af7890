import { writeFileSync } from 'node:fs';
import { formatPolicy } from '@/lib/witness';
import { type Command, EXIT, UsageError } from './command';
import { readOptions, readWhole } from './options';
import { asUsage } from './witness-usage';

const OPTIONS = {
  witness: { type: 'string', multiple: true },
  url: { type: 'string', multiple: true },
  quorum: { type: 'string' },
  to: { type: 'string' },
} as const;

export const witnessPolicy: Command = {
  name: 'witness policy',
  usage: '--quorum N --witness VKEY [--url URL] [--witness VKEY …] [--to FILE]',
  says: 'Writes a witness policy (C2SP tlog-policy): any N of these. With a --url for each --witness, in their order, it is the one for CORDON_WITNESS_POLICY; without, one to verify with.',
  async run(args, out) {
    const { values } = readOptions(args, OPTIONS, 0);
    const { witness = [], url = [], quorum, to } = values;
    if (witness.length === 0 || quorum === undefined) throw new UsageError('--witness and --quorum are needed');
    if (url.length > 0 && url.length !== witness.length)
      throw new UsageError('a --url is needed for each --witness, or for none');
    if (!url.every((each) => URL.canParse(each))) throw new UsageError('a URL cannot be read');
    const least = readWhole('quorum', quorum, 1, witness.length);
    const made = async () =>
      formatPolicy(
        witness.map((vkey, i) => ({ vkey, url: url[i] ?? null })),
        least,
      );
    const text = await asUsage(made());
    if (to === undefined) out.line(text.trimEnd());
    else await asUsage((async () => writeFileSync(to, text))());
    return EXIT.ok;
  },
};
