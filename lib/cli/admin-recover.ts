import { openSetupLink } from '@/lib/db/install';
import { type Command, EXIT } from './command';
import { readOptions } from './options';
import { owner } from './owner';

/** For the day nobody has the administrator's authenticator any more. Possible only on the machine that owns the database. */
export const adminRecover: Command = {
  name: 'admin recover',
  usage: '[--json]',
  says: "Prints a one-time link (24 hours) that makes a new administrator of the provider. It ends nobody's access; the use of the link is in the provider's log.",
  async run(args, out) {
    const { values } = readOptions(args, { json: { type: 'boolean' } }, 0);
    const { databaseUrl, staffOrigin } = owner();
    const secret = await openSetupLink(databaseUrl, { recover: true });
    const link = `${staffOrigin}/setup#${secret}`;
    out.line(values.json ? JSON.stringify({ link }) : `Open this link once, within 24 hours:\n\n  ${link}`);
    return EXIT.ok;
  },
};
