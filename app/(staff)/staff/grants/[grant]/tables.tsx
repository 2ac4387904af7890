/** What was signed about a grant, and what was done under it. */
import Link from 'next/link';
import { targetName } from '@/app/_parts/access/words';
import { Empty } from '@/app/_ui/empty';
import { formatNumber } from '@/app/_ui/format';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { GrantEvidence, SignedView } from '@/lib/grants/population/schemas';
import { actWords } from '../words';

export const SignedTable = ({ of }: { of: readonly SignedView[] }) => (
  <Table
    label="Signatures"
    rows={of}
    rowKey={({ id }) => id}
    columns={[
      {
        id: 'what',
        head: 'What',
        grow: true,
        cell: ({ action, verdict, by }) => <NameCell name={actWords(action, verdict)} under={by ?? 'A customer'} />,
      },
      { id: 'who', head: 'Who', hide: true, cell: ({ by }) => <bdi>{by ?? 'A member of the customer'}</bdi> },
      { id: 'at', head: 'When', hide: true, cell: ({ at }) => <Time at={at} mode="exact" /> },
      {
        id: 'files',
        head: 'Evidence',
        cell: ({ id, by }) => (
          <>
            <a className="link" href={`/staff/log/${id}/proof`} download>
              Proof
            </a>
            {by ? (
              <>
                {', '}
                <a className="link" href={`/staff/log/${id}/evidence`} download>
                  signature
                </a>
              </>
            ) : null}
          </>
        ),
      },
    ]}
    empty={
      <Empty title="Nothing is signed" compact>
        The log holds no confirmation of this grant.
      </Empty>
    }
  />
);

type Session = GrantEvidence['use']['sessions'][number];

export const SessionsTable = ({ of }: { of: readonly Session[] }) => (
  <Table
    label="Sessions"
    rows={of}
    rowKey={({ id }) => id}
    href={({ id }) => `/staff/sessions/${id}`}
    columns={[
      {
        id: 'target',
        head: 'On',
        grow: true,
        cell: ({ target, startedAt }) => (
          <NameCell
            name={<Mono>{targetName(target)}</Mono>}
            under={startedAt ? startedAt.slice(0, 16).replace('T', ' ') : 'never begun'}
          />
        ),
      },
      { id: 'from', head: 'Began', hide: true, cell: ({ startedAt }) => <Time at={startedAt} mode="exact" /> },
      { id: 'to', head: 'Ended', hide: true, cell: ({ endedAt }) => <Time at={endedAt} mode="exact" /> },
      {
        id: 'record',
        head: 'Screen record',
        hide: true,
        cell: ({ record }) =>
          record ? `${formatNumber(record.lines)} lines${record.final ? '' : ', no end yet'}` : 'none',
      },
      { id: 'sshd', head: 'sshd’s own log', cell: (session) => <Sshd of={session} /> },
    ]}
    empty={
      <Empty title="Never used" compact>
        No session was confirmed under this grant. What was asked for and not needed{' '}
        <Link className="link" href="/staff/grants?show=unused" prefetch={false}>
          is listed
        </Link>
        .
      </Empty>
    }
  />
);

/** Each certificate that a session went to a host with has to stand there too. */
function Sshd({ of: { serials, confirmed, target } }: { of: Session }) {
  if (!target.startsWith('host:') || serials.length === 0) return <Status state="none" word="Nothing to compare" />;
  return confirmed.length === serials.length ? (
    <Status state="verified" word="Agrees" detail={<span className="only-wide">serial {serials.join(', ')}</span>} />
  ) : (
    <Status state="drift" word="Does not agree" detail={`${confirmed.length} of ${serials.length}`} />
  );
}
