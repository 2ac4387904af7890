/** Copies of a record, and with whom they are shared. */
import { ButtonLink } from '@/app/_ui/button';
import type { GlyphState } from '@/app/_ui/glyph';
import { Row, Stack } from '@/app/_ui/layout';
import { Panel } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Time } from '@/app/_ui/time';
import type { CopyView, ShareView } from '@/lib/recordings/schemas';
import { RevokeShare, ShareCopy } from './share-form';

export interface CopiesProps {
  session: string;
  copies: readonly CopyView[];
  /** Why nothing is shared or revoked by this person. */
  reason: string | undefined;
}

export function Copies({ session, copies, reason }: CopiesProps) {
  return (
    <Stack gap={4}>
      {copies.map((copy) => (
        <Panel
          key={copy.id}
          title={copy.withheld === '' ? 'Whole copy' : 'Copy without some lines'}
          note={copy.withheld === '' ? undefined : withheldWords(copy)}
          flush
          aside={
            <Row gap={2}>
              <ButtonLink size="sm" href={`/staff/sessions/${session}?copy=${copy.id}`}>
                Look at it
              </ButtonLink>
              <ShareCopy copy={copy.id} reason={reason} />
            </Row>
          }
          foot={
            <>
              {copy.by}, <Time at={copy.madeAt} mode="exact" />: {copy.reason}
            </>
          }
        >
          <Shares of={copy.shares} reason={reason} />
        </Panel>
      ))}
    </Stack>
  );
}

const withheldWords = ({ withheld, withheldLines }: CopyView): string =>
  `${withheldLines === 1 ? 'line' : `${withheldLines} lines:`} ${withheld.length > 60 ? `${withheld.slice(0, 60)}…` : withheld.replaceAll(',', ', ')}`;

const STATES: Readonly<Record<ShareView['state'], { state: GlyphState; word: string }>> = {
  open: { state: 'live', word: 'Open' },
  'used up': { state: 'closed', word: 'Used up' },
  expired: { state: 'closed', word: 'Expired' },
  revoked: { state: 'refused', word: 'Revoked' },
};

function Shares({ of, reason }: { of: readonly ShareView[]; reason: string | undefined }) {
  if (of.length === 0) return <p className="pad small quiet">Shared with nobody.</p>;
  return (
    <Table
      label="Shares"
      density="row"
      rows={of}
      rowKey={({ id }) => id}
      columns={[
        {
          id: 'for',
          head: 'Shown to',
          grow: true,
          cell: ({ recipient, by }) => <NameCell name={recipient} under={`by ${by}`} />,
        },
        { id: 'views', head: 'Views', align: 'num', cell: ({ views, mostViews }) => `${views} of ${mostViews}` },
        {
          id: 'viewed',
          head: 'Last view',
          hide: true,
          cell: ({ viewedAt }) => (viewedAt ? <Time at={viewedAt} mode="exact" /> : '–'),
        },
        { id: 'until', head: 'Until', hide: true, cell: ({ expiresAt }) => <Time at={expiresAt} mode="exact" /> },
        { id: 'state', head: 'State', cell: ({ state }) => <Status {...STATES[state]} /> },
        {
          id: 'acts',
          head: <span className="sr">Acts</span>,
          tight: true,
          cell: ({ id, recipient, state }) =>
            state === 'open' ? <RevokeShare share={id} recipient={recipient} reason={reason} /> : null,
        },
      ]}
    />
  );
}
