/** Streams of a log: where they go and how far they are. */
import { Empty } from '@/app/_ui/empty';
import { formatNumber, formatSpan } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Tag } from '@/app/_ui/tag';
import { Time } from '@/app/_ui/time';
import { answerWords, type StreamDetail as Detail, type StreamView } from '@/lib/audit-stream/schemas';
import type { StreamActsProps } from './stream-acts';
import { StreamDetail } from './stream-detail';
import { KIND_WORDS, stateOf } from './stream-words';

export interface StreamListProps extends Omit<StreamActsProps, 'stream'> {
  streams: readonly StreamView[];
  /** The one that is open. */
  open: Detail | null;
  /** Path of this page. */
  path: string;
}

export function StreamList({ streams, open, path, ...acts }: StreamListProps) {
  return (
    <Stack gap={6}>
      <Table
        label="Streams"
        edge
        rows={streams}
        rowKey={({ id }) => id}
        href={({ id }) => `${path}?stream=${id}`}
        selected={({ id }) => id === open?.stream.id}
        tone={({ state, stopped }) => (state === 'paused' && stopped ? 'fail' : undefined)}
        density="row"
        columns={[
          {
            id: 'where',
            head: 'Where',
            grow: true,
            cell: (one) => (
              <NameCell
                name={<bdi>{one.host}</bdi>}
                under={`${KIND_WORDS[one.kind]}, ${one.lagEvents === 0 ? 'nothing' : lagOf(one)} behind`}
              />
            ),
          },
          { id: 'state', head: 'State', tight: true, cell: (one) => <State {...one} /> },
          {
            id: 'personal',
            head: 'Personal values',
            hide: true,
            tight: true,
            cell: ({ personal }) => (personal ? <Tag tone="notice">go along</Tag> : 'stay here'),
          },
          { id: 'next', head: 'Next place', align: 'num', hide: true, cell: ({ next }) => `#${formatNumber(next)}` },
          {
            id: 'lag',
            head: 'Behind',
            tight: true,
            hide: true,
            cell: (one) => (one.lagEvents === 0 ? 'nothing' : lagOf(one)),
          },
          {
            id: 'last',
            head: 'Last answer',
            hide: true,
            tight: true,
            cell: ({ last }) => (last ? <Last {...last} /> : 'none yet'),
          },
          {
            id: 'dead',
            head: 'Dead letters',
            align: 'num',
            hide: true,
            cell: ({ deadLetters }) => formatNumber(deadLetters),
          },
        ]}
        menu={() => []}
        empty={
          <Empty title="No streams yet">
            A stream carries every event of this log to your SIEM, in order, with the checkpoint that proves it: as
            signed webhooks, or as syslog over TLS.
          </Empty>
        }
      />
      {open ? <StreamDetail {...open} {...acts} /> : null}
    </Stack>
  );
}

function State(one: StreamView) {
  const { glyph, word, detail } = stateOf(one);
  return <Status state={glyph} word={word} detail={detail} />;
}

function lagOf({ lagEvents, lagSeconds }: StreamView): string {
  const events = lagEvents === 1 ? '1 event' : `${formatNumber(lagEvents)} events`;
  return lagSeconds === null ? events : `${events}, ${formatSpan(lagSeconds * 1000)}`;
}

function Last({ at, code, status }: NonNullable<StreamView['last']>) {
  return (
    <>
      {answerWords(code, status)}, <Time at={at} />
    </>
  );
}
