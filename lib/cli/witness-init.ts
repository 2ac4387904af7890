import { createWitnessKey } from '@/lib/witness';
import { type Command, EXIT, UsageError } from './command';
import { readOptions } from './options';
import { asUsage } from './witness-usage';

export const witnessInit: Command = {
  name: 'witness init',
  usage: 'DIR --name example.org/w1 [--json]',
  says: 'Makes the key of a witness in DIR, and prints its vkey: what logs and verifiers are told.',
  async run(args, out) {
    const { values, positionals } = readOptions(args, { name: { type: 'string' }, json: { type: 'boolean' } }, 1);
    const { name } = values;
    if (!name) throw new UsageError('--name is needed: where the witness can be found, such as example.org/w1');
    const { vkey } = await asUsage(createWitnessKey(positionals[0]!, name));
    out.line(values.json ? JSON.stringify({ name, vkey }) : vkey);
    return EXIT.ok;
  },
};
