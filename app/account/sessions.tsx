import { ButtonLink } from '@/app/_ui/button';
import { formatSpan } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Section } from '@/app/_ui/panel';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { IDLE_SECONDS, type OwnSession, type Realm } from '@/lib/identity';
import { deviceOf } from '@/lib/notices';
import { EndOthers, EndSession } from './account-forms';

const countries = new Intl.DisplayNames('en', { type: 'region' });

/** Where the person is signed in, and by what. */
export function Sessions({ sessions, realm }: { sessions: readonly OwnSession[]; realm: Realm }) {
  const present = sessions.find(({ current }) => current);
  return (
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
              cell: ({ userAgent, current, ...session }) => (
                <span title={userAgent}>
                  <NameCell
                    name={deviceOf(userAgent)}
                    more={current ? 'this one' : undefined}
                    under={current ? 'this one' : strengthOf(session)}
                  />
                </span>
              ),
            },
            { id: 'strength', head: 'Signed in with', hide: true, cell: strengthOf },
            {
              id: 'network',
              head: 'Network',
              hide: true,
              cell: ({ addressPrefix, country }) => (
                <>
                  <Mono>{addressPrefix || '–'}</Mono>
                  {country ? <span className="quiet"> {countries.of(country)}</span> : null}
                </>
              ),
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
          Addresses are kept as networks only.{' '}
          {present ? (
            <>
              This session ends <Time at={present.expiresAt} />, and any session after{' '}
            </>
          ) : (
            'A session ends after '
          )}
          {formatSpan(IDLE_SECONDS[realm] * 1000)} without use; a policy may allow less.
        </p>
      </Stack>
    </Section>
  );
}

/** What a session was raised by, with the passkey's name as long as it is there. */
function strengthOf({ raisedBy, passkeyName }: Pick<OwnSession, 'raisedBy' | 'passkeyName'>): string {
  if (raisedBy === 'totp') return 'Code';
  if (raisedBy === 'recovery') return 'Recovery code';
  return passkeyName ? `Passkey · ${passkeyName}` : 'Passkey';
}
