import { openSetupLink } from '@/lib/db/install';
import { type Command, EXIT } from './command';
import { readOptions } from './options';
import { owner } from './owner';

const ALONE =
  'The keyring cannot be reached from here: the new passkey will wait until an administrator or security officer endorses it. ' +
  'If there is nobody left who could, run this again where CORDON_KEYRING_SOCKET and CORDON_KEYRING_TOKEN (client `installer`) lead to it.';

/**
 * For the day nobody has the administrator's passkey any more. Possible only on the machine that owns database and keyring: the one opens
 * the link, the other takes the newcomer's passkey without a second person's word.
 */
export const adminRecover: Command = {
  name: 'admin recover',
  usage: '[--json]',
  says: "Prints a one-time link (24 hours) that makes a new administrator of the provider, whose passkey needs no endorsement. It ends nobody's access; the use of the link is in the provider's log.",
  async run(args, out) {
    const { values } = readOptions(args, { json: { type: 'boolean' } }, 0);
    const { databaseUrl, staffOrigin, welcome } = owner();
    const secret = await openSetupLink(databaseUrl, { recover: true });
    const link = `${staffOrigin}/setup#${secret}`;
    const welcomed = await welcome();
    if (values.json) out.line(JSON.stringify({ link, welcomed }));
    else {
      out.line(`Open this link once, within 24 hours:\n\n  ${link}`);
      if (!welcomed) out.error(ALONE);
    }
    return EXIT.ok;
  },
};
