import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { ButtonLink } from '@/app/_ui/button';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { Columns, Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Panel, Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Num } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import {
  listPasskeys,
  listSessions,
  type Principal,
  passwordMinimum,
  readFactors,
  recoveryCodesNeeded,
  requirePrincipal,
} from '@/lib/identity';
import { deviceOf } from '@/lib/notices';
import { NameForm, PasswordForm } from './account-forms';
import { AddPasskey } from './add-passkey';
import { RemoveAuthenticator, RenewCodes } from './factors';
import { Notices } from './notices';
import { PasskeysTable } from './passkeys-table';
import { Sessions } from './sessions';

export const metadata: Metadata = { title: 'Your account' };

/** Fewer than this many ways back in is worth a word. */
const FEW_RECOVERIES = 2;
const SET_UP = '/enrol?with=authenticator&callbackUrl=%2Faccount';

export default async function AccountPage() {
  const principal = await requirePrincipal();
  const { secret, realm } = principal;
  const [sessions, factors, passkeys, minimum] = await Promise.all([
    listSessions(secret),
    readFactors(secret),
    listPasskeys(secret),
    passwordMinimum(secret),
  ]);
  const others = sessions.length - 1;
  const device = deviceOf((await headers()).get('user-agent') ?? '');
  return (
    <Page>
      <PageHead
        title="Your account"
        lede={`${principal.email}. The address is how you were invited; it cannot be changed here.`}
      />
      <Stack gap={8}>
        <Section
          title="Passkeys"
          note="answer at this address and nowhere else"
          aside={<AddPasskey realm={realm} device={device} otherSessions={others} />}
        >
          {passkeys.length === 0 ? (
            <Empty title="No passkey yet" compact>
              A passkey signs you in with a touch, without password and code. A page that imitates this one can ask you
              for a code; it gets nothing from a passkey.
            </Empty>
          ) : (
            <PasskeysTable
              passkeys={passkeys.map((passkey) => ({
                ...passkey,
                createdAt: passkey.createdAt.toISOString(),
                lastUsedAt: passkey.lastUsedAt?.toISOString() ?? null,
              }))}
              lastReason={lastReason(principal)}
              otherSessions={others}
            />
          )}
        </Section>
        <Columns n={2} gap={6}>
          {realm === 'customer' || factors.authenticatorSince ? (
            <Authenticator principal={principal} since={factors.authenticatorSince} otherSessions={others} />
          ) : null}
          <RecoveryCodesPanel principal={principal} left={factors.recoveryCodesLeft} otherSessions={others} />
        </Columns>
        <Sessions sessions={sessions} realm={realm} />
        <Notices secret={secret} email={principal.email} />
        <Columns n={2} gap={6}>
          <Panel title="Password">
            <PasswordForm email={principal.email} minimum={minimum} />
          </Panel>
          <Panel title="Name">
            <NameForm name={principal.name} />
          </Panel>
        </Columns>
      </Stack>
    </Page>
  );
}

/** Why the last passkey stays: staff have no other way in, customers may have an authenticator. */
const lastReason = ({ realm, hasTotp }: Principal): string | undefined =>
  realm === 'customer' && hasTotp ? undefined : 'The last one stays; add another first.';

interface FactorProps {
  principal: Principal;
  otherSessions: number;
}

function Authenticator({ principal, since, otherSessions }: FactorProps & { since: Date | null }) {
  const { realm, passkeys } = principal;
  if (!since) {
    return (
      <Panel title="Authenticator app" aside={<Status state="planned" word="Not set up" />}>
        <Stack gap={4}>
          <p>Six-digit codes from an app on your phone. Not needed as long as you have a passkey.</p>
          <div>
            <ButtonLink href={SET_UP}>Set up an authenticator…</ButtonLink>
          </div>
        </Stack>
      </Panel>
    );
  }
  return (
    <Panel title="Authenticator app" aside={<Status state="enforced" word="In use" />}>
      <Stack gap={4}>
        <DefinitionList ruled items={[{ term: 'Since', value: <Time at={since} /> }]} />
        {realm === 'staff' ? (
          <p className="quiet">Staff sign in with a passkey; nothing asks for a code any more.</p>
        ) : null}
        <Row wrap>
          {realm === 'customer' ? <ButtonLink href={SET_UP}>Replace…</ButtonLink> : null}
          <RemoveAuthenticator
            reason={passkeys === 0 ? 'It is your only second factor; add a passkey first.' : undefined}
            otherSessions={otherSessions}
          />
        </Row>
      </Stack>
    </Panel>
  );
}

function RecoveryCodesPanel({ principal, left, otherSessions }: FactorProps & { left: number }) {
  const needed = recoveryCodesNeeded(principal);
  return (
    <Panel title="Recovery codes">
      <Stack gap={4}>
        <DefinitionList
          ruled
          items={[
            { term: 'Left', value: <Num value={left} /> },
            { term: 'To get in', value: needed === 2 ? 'two at once' : 'one' },
          ]}
        />
        {left < needed * FEW_RECOVERIES ? (
          <Note tone="notice">
            {left < needed ? 'Not enough to get you in.' : 'Enough for once.'} New ones take the place of all you have.
          </Note>
        ) : null}
        <div>
          <RenewCodes two={needed === 2} otherSessions={otherSessions} />
        </div>
      </Stack>
    </Panel>
  );
}
