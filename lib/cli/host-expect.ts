import { expectPeer } from '@/lib/db/install';
import { type Command, EXIT, UsageError } from './command';
import { readOptions } from './options';
import { owner } from './owner';

const OPTIONS = { json: { type: 'boolean' } } as const;

/** Lets the agent of a production host join. */
export const hostExpect: Command = {
  name: 'host expect',
  usage: 'NAME [--json]',
  says: 'Prints a join token (ten minutes, single use) for the agent of the production host of this name, the environment it is started with, and what to do next.',
  async run(args, out) {
    const { values, positionals } = readOptions(args, OPTIONS, 1);
    const [name = ''] = positionals;
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
      throw new UsageError('NAME is 1 to 63 lower-case letters, digits and hyphens');
    const { databaseUrl, controlUrl, controlFingerprint, sheetKeys } = owner();
    const [fingerprint, keys] = [await controlFingerprint(), await sheetKeys()];
    const token = await expectPeer(databaseUrl, `host:${name}`);
    if (values.json) out.line(JSON.stringify({ name, controlUrl, fingerprint, sheetKeys: keys, token }));
    else {
      out.line(`CORDON_HOST_NAME=${name}`);
      out.line(`CORDON_HOST_SHEET_KEYS=${keys.join(',')}`);
      out.line(`CORDON_CONTROL_URL=${controlUrl}`);
      out.line(`CORDON_CONTROL_FINGERPRINT=${fingerprint}`);
      out.line(`CORDON_HOST_JOIN_TOKEN=${token}`);
      out.line('# Next, within ten minutes, on that machine:');
      out.line('# 1. Set its sshd up (lib/host/README.md has the lines of sshd_config).');
      out.line('# 2. Start node .build/host.mjs as root.');
      out.line(`# 3. Say where it is in the gateway's CORDON_GATEWAY_TARGETS: {"${name}": "address:22"}.`);
    }
    return EXIT.ok;
  },
};
