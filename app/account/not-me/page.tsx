import type { Metadata } from 'next';
import { ButtonLink } from '@/app/_ui/button';
import { Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Panel } from '@/app/_ui/panel';
import { listSessions, passwordMinimum, requirePrincipal } from '@/lib/identity';
import { EndOthers, PasswordForm } from '../account-forms';

export const metadata: Metadata = { title: 'This was not me' };

/** What to do, in the order that shuts somebody else out: their sessions, the password they know, the factors they may have added. */
export default async function NotMePage() {
  const { secret, email, realm } = await requirePrincipal();
  const [sessions, minimum] = await Promise.all([listSessions(secret), passwordMinimum(secret)]);
  const others = sessions.length - 1;
  return (
    <Page narrow>
      <PageHead
        title="This was not me"
        lede="Three steps, in this order. Each holds at once, also for whoever has your account open at this moment."
      />
      <Stack gap={6}>
        <Panel title="1. End every other session">
          <Stack gap={4}>
            <p>
              {others === 0
                ? 'There is no other session. Yours is the only one.'
                : others === 1
                  ? 'There is 1 other session. Its pages close as soon as it ends.'
                  : `There are ${others} other sessions. Their pages close as soon as they end.`}
            </p>
            <div>
              <EndOthers count={others} urgent />
            </div>
          </Stack>
        </Panel>
        <Panel title="2. Choose a new password">
          <PasswordForm email={email} minimum={minimum} />
        </Panel>
        <Panel title="3. Look at your passkeys and codes">
          <Stack gap={4}>
            <p>
              Remove every passkey you do not know, set the authenticator up anew, and make new recovery codes: somebody
              who was in may have written the old ones down.
            </p>
            <div>
              <ButtonLink href="/account">Open your account</ButtonLink>
            </div>
          </Stack>
        </Panel>
        <p className="quiet">
          {realm === 'staff'
            ? 'Then tell a security officer: what was done in your name stands in the provider log.'
            : 'Then tell an owner of your organisation: what was done in your name stands in its audit log, and API keys made in your name go on working until they are revoked.'}
        </p>
      </Stack>
    </Page>
  );
}
