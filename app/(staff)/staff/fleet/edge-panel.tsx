/** One edge: how it stands and why, what it reported, what it refused, and what can be done to it. */
import { UrlPanel } from '@/app/_parts/url-panel';
import { Bars } from '@/app/_ui/bars';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Section } from '@/app/_ui/panel';
import { Region } from '@/app/_ui/region';
import { Status } from '@/app/_ui/status';
import { Mono, Num } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { EdgeDetail } from '@/lib/fleet/schemas';
import { EDGE_STATES } from '../../_parts/edge-state';
import { EdgeActs } from './edge-acts';
import { mebibytes } from './numbers';

export interface EdgePanelProps {
  edge: EdgeDetail;
  version: { epoch: number; seq: number };
  closeHref: string;
  /** Why the role may not act on edges. */
  reason?: string;
}

export function EdgePanel({ edge, version, closeHref, reason }: EdgePanelProps) {
  const { word, glyph } = EDGE_STATES[edge.state];
  const policy = (seq: number | null) => (seq === null ? '–' : <Mono>{`${version.epoch}.${seq}`}</Mono>);
  return (
    <UrlPanel title={edge.name} lede={<Status state={glyph} word={word} />} closeHref={closeHref} wide>
      <Stack gap={5}>
        {edge.why ? <Note tone={edge.state === 'refused' ? 'danger' : 'quiet'}>{edge.why}</Note> : null}
        <DefinitionList
          ruled
          items={[
            { term: 'Region', value: <Region code={edge.region} named /> },
            { term: 'Newest policy', value: policy(version.seq) },
            { term: 'Applied', value: policy(edge.appliedSeq) },
            {
              term: 'Enforced',
              value: (
                <>
                  {policy(edge.enforcedSeq)}{' '}
                  <span className="quiet">
                    <Time at={edge.enforcedAt} />
                  </span>
                </>
              ),
            },
            { term: 'Connected', value: edge.connectedAt ? <Time at={edge.connectedAt} /> : 'Not connected' },
            { term: 'Last seen', value: <Time at={edge.lastSeenAt} /> },
            { term: 'Certificate ends', value: <Time at={edge.certificateExpiresAt} /> },
            { term: 'Sessions', value: <Num value={edge.liveSessions} /> },
            { term: 'Memory', value: mebibytes(edge.rssBytes) },
            { term: 'Records waiting', value: <Num value={edge.spoolDepth} /> },
            { term: 'Records dropped', value: <Num value={edge.dropped} /> },
            { term: 'URL', value: edge.url ? <Mono wrap>{edge.url}</Mono> : '–' },
            { term: 'Relay', value: edge.relay ? <Mono wrap>{edge.relay}</Mono> : '–' },
            { term: 'Build', value: edge.build ? <Mono>{edge.build}</Mono> : '–' },
          ]}
        />
        <Section title="Refused joins by reason" note="last 24 h, all customers together">
          {edge.lastRefusals.length === 0 ? (
            <p className="quiet">It refused nobody.</p>
          ) : (
            <Bars items={edge.lastRefusals.map(({ code, count }) => ({ label: code, value: count }))} />
          )}
        </Section>
        <Section title="Acts">
          <EdgeActs
            name={edge.name}
            draining={edge.drainingAt !== null}
            sessions={edge.liveSessions}
            reason={reason ?? (edge.bannedAt ? 'Banned for good.' : undefined)}
          />
        </Section>
      </Stack>
    </UrlPanel>
  );
}
