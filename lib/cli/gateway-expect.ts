import { expectPeer } from '@/lib/db/install';
import { type Command, EXIT, UsageError } from './command';
import { readOptions } from './options';
import { owner } from './owner';

const OPTIONS = { json: { type: 'boolean' } } as const;

/** Lets a gateway into production join. */
export const gatewayExpect: Command = {
  name: 'gateway expect',
  usage: 'NAME [--json]',
  says: 'Prints a join token (ten minutes, single use) for a gateway into production of this name, the environment it is started with, and what to do next.',
  async run(args, out) {
    const { values, positionals } = readOptions(args, OPTIONS, 1);
    const [name = ''] = positionals;
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
      throw new UsageError('NAME is 1 to 63 lower-case letters, digits and hyphens');
    const { databaseUrl, controlUrl, controlFingerprint, keyringSocket } = owner();
    const fingerprint = await controlFingerprint();
    const token = await expectPeer(databaseUrl, `gateway:${name}`);
    if (values.json) out.line(JSON.stringify({ name, controlUrl, fingerprint, keyringSocket, token }));
    else {
      out.line(`CORDON_GATEWAY_NAME=${name}`);
      out.line(`CORDON_KEYRING_SOCKET=${keyringSocket}`);
      out.line(`CORDON_CONTROL_URL=${controlUrl}`);
      out.line(`CORDON_CONTROL_FINGERPRINT=${fingerprint}`);
      out.line(`CORDON_GATEWAY_JOIN_TOKEN=${token}`);
      out.line('# Next, within ten minutes, on the machine of the keyring:');
      out.line(
        '# 1. Add CORDON_GATEWAY_HOME, _PORT, _SOCKET and _TARGETS, and CORDON_KEYRING_TOKEN of the client gateway',
      );
      out.line('#    (lib/gateway/README.md says what they mean).');
      out.line('# 2. Start node .build/gateway.mjs as a user of its own, who is in the group of the keyring socket.');
      out.line('# 3. Give the console the same CORDON_GATEWAY_SOCKET, and CORDON_GATEWAY_ADDRESS.');
    }
    return EXIT.ok;
  },
};
