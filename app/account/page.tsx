import type { Metadata } from 'next';
import { ButtonLink } from '@/app/_ui/button';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Columns, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Page, PageHead } from '@/app/_ui/page';
import { Panel, Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono, Num } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { listSessions, readFactors, requirePrincipal } from '@/lib/identity';
import { EndOthers, EndSession, NameForm, PasswordForm, ReplaceAuthenticator } from './account-forms';
import { deviceOf } from './device';

export const metadata: Metadata = { title: 'Your account' };

/** Fewer than this is worth a word: each lost phone takes one. */
const FEW_CODES = 3;

export default async function AccountPage() {
  const principal = await requirePrincipal();
  const [sessions, factors] = await Promise.all([listSessions(principal.secret), readFactors(principal.secret)]);
  return (
    <Page>
      <PageHead
        title="Your account"
        lede={`${principal.email}. The address is how you were invited; it cannot be changed here.`}
      />
      <Stack gap={8}>
        <Columns n={2} gap={6}>
          <Stack gap={6}>
            <Panel title="Name">
              <NameForm name={principal.name} />
            </Panel>
            <Panel title="Authenticator" aside={<Status state="enforced" word="In use" />}>
              <Stack gap={4}>
                <DefinitionList
                  ruled
                  items={[
                    { term: 'Since', value: <Time at={factors.authenticatorSince} /> },
                    { term: 'Recovery codes left', value: <Num value={factors.recoveryCodesLeft} /> },
                  ]}
                />
                {factors.recoveryCodesLeft < FEW_CODES ? (
                  <Note tone="notice">
                    A lost authenticator costs one code. Replacing it, even with the same app, gives ten new ones.
                  </Note>
                ) : null}
                <div>
                  <ReplaceAuthenticator userId={principal.userId} />
                </div>
              </Stack>
            </Panel>
          </Stack>
          <Panel title="Password">
            <PasswordForm userId={principal.userId} email={principal.email} />
          </Panel>
        </Columns>
        <Section title="Sessions" note="where you are signed in" aside={<EndOthers count={sessions.length - 1} />}>
          <Stack gap={3}>
            <Table
              label="Sessions"
              density="row"
              edge
              rows={sessions}
              rowKey={({ id }) => id}
              columns={[
                {
                  id: 'device',
                  head: 'Device',
                  grow: true,
                  cell: ({ userAgent, addressPrefix, current }) => (
                    <span title={userAgent}>
                      <NameCell
                        name={deviceOf(userAgent)}
                        more={current ? 'this one' : undefined}
                        under={current ? 'this one' : addressPrefix}
                      />
                    </span>
                  ),
                },
                {
                  id: 'network',
                  head: 'Network',
                  hide: true,
                  cell: ({ addressPrefix }) => <Mono>{addressPrefix || '–'}</Mono>,
                },
                { id: 'began', head: 'Began', hide: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
                { id: 'seen', head: 'Last seen', cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
                {
                  id: 'end',
                  head: <span className="sr">End</span>,
                  align: 'num',
                  tight: true,
                  cell: ({ id, current, userAgent }) =>
                    current ? (
                      <ButtonLink href="/sign-out" size="sm">
                        Sign out
                      </ButtonLink>
                    ) : (
                      <EndSession sessionId={id} device={deviceOf(userAgent)} />
                    ),
                },
              ]}
            />
            <p className="small quiet">
              Addresses are kept as networks only. A session ends after 8 h, or{' '}
              {principal.realm === 'staff' ? '15 min' : '1 h'} without use.
            </p>
          </Stack>
        </Section>
      </Stack>
    </Page>
  );
}
