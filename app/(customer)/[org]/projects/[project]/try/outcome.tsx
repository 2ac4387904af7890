'use client';
/** Why one is not in: a refusal with its rule and way out, a cut with its reason, or an edge that does not answer. */
import { Button } from '@/app/_ui/button';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Id } from '@/app/_ui/id';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Panel } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { Refusal } from '@/media-plane/client';
import { readable } from '../tokens/_parts/instants';
import type { View } from './_parts/session';
import { cutWords } from './_parts/words';

export function Outcome({ view, onJoinAt }: { view: View; onJoinAt: (edge: { name: string; url: string }) => void }) {
  const { refusal, cut, problem } = view;
  if (!refusal && !cut && !problem) return null;
  return (
    <div role="alert">
      <Stack gap={3}>
        {cut ? <Cut cut={cut} phase={view.phase} /> : null}
        {refusal ? <Refused refusal={refusal} onJoinAt={onJoinAt} /> : null}
        {problem ? (
          <Note tone="danger" title="Not connected.">
            {problem}
          </Note>
        ) : null}
      </Stack>
    </div>
  );
}

function Cut({ cut, phase }: { cut: NonNullable<View['cut']>; phase: View['phase'] }) {
  const { title, says, next } = cutWords(cut.code);
  return (
    <Note tone={cut.rejoin ? 'notice' : 'danger'} title={`${title}.`}>
      {says} {readable(cut.detail, cut.code)} {phase === 'reconnecting' || !cut.rejoin ? next : ''}{' '}
      <Mono>{cut.code}</Mono>
    </Note>
  );
}

function Refused({ refusal, onJoinAt }: { refusal: Refusal; onJoinAt: (edge: { name: string; url: string }) => void }) {
  const { code, rule, says, next, detail, traceId, bundle, allowedRegions, allowedEdges, retryAfter } = refusal;
  return (
    <Panel tone="danger" title={<Status state="refused" word={says} />} aside={<Mono>{code}</Mono>}>
      <Stack gap={3}>
        <DefinitionList
          ruled
          items={[
            { term: 'Rule', value: <Mono>{rule}</Mono> },
            ...(detail ? [{ term: 'Facts', value: readable(detail, code) }] : []),
            { term: 'What to do', value: next },
            ...(allowedRegions && allowedRegions.length > 0
              ? [{ term: 'Allowed regions', value: allowedRegions.join(', ') }]
              : []),
            ...(retryAfter ? [{ term: 'Accepted from', value: <Time at={retryAfter * 1000} mode="exact" /> }] : []),
            { term: 'Policy', value: <Mono>{`${bundle.epoch}.${bundle.seq}`}</Mono> },
            { term: 'Trace', value: <Id value={traceId} label="trace ID" /> },
          ]}
        />
        {allowedEdges && allowedEdges.length > 0 ? (
          <Row gap={2} wrap>
            {allowedEdges.map((edge) => (
              <Button key={edge.name} size="sm" onClick={() => onJoinAt(edge)}>
                {`Join at ${edge.name}`}
              </Button>
            ))}
          </Row>
        ) : null}
      </Stack>
    </Panel>
  );
}
