/** One stream: what can be done to it, its dead letters, and its last tries. */
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { formatNumber } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Section } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import { Confirm } from '@/app/(customer)/_parts/stepped';
import { answerWords, type StreamDetail as Detail, type LetterView } from '@/lib/audit-stream/schemas';
import { StreamActs, type StreamActsProps } from './stream-acts';
import { VerifyWebhook } from './stream-secret';
import { KIND_WORDS, rangeWords, VERDICT_WORDS } from './stream-words';

type DetailProps = Detail & Omit<StreamActsProps, 'stream'>;

export function StreamDetail({ stream, deliveries, letters, ...acts }: DetailProps) {
  const { host, kind, address, ca, failing, stopped, previousUntil, createdAt, createdBy } = stream;
  const open = letters.filter(({ state }) => state === 'open').length;
  return (
    <Stack gap={6}>
      <Section title={host} note={KIND_WORDS[kind]}>
        <Stack gap={4}>
          <StreamActs stream={stream} {...acts} />
          {stopped ? (
            <Note tone="danger" title="Stopped.">
              {stopped} The log keeps everything; resume the stream once the receiver is ready.
            </Note>
          ) : null}
          {failing ? (
            <Note tone="notice" title="Failing.">
              Since <Time at={failing.since} />. The next try is at <Time at={failing.nextTryAt} mode="exact" />.
              Nothing is passed over meanwhile.
            </Note>
          ) : null}
          <DefinitionList
            items={[
              ...(address === null ? [] : [{ term: 'Address', value: <Mono wrap>{address}</Mono> }]),
              ...(ca === null ? [] : [{ term: 'Trusted', value: 'only the certificates given' }]),
              ...(previousUntil === null
                ? []
                : [
                    {
                      term: 'Secret before',
                      value: (
                        <>
                          good until <Time at={previousUntil} mode="exact" />
                        </>
                      ),
                    },
                  ]),
              { term: 'Made by', value: <bdi>{createdBy ?? '–'}</bdi> },
              { term: 'Made', value: <Time at={createdAt} mode="exact" /> },
            ]}
          />
        </Stack>
      </Section>
      {letters.length > 0 ? (
        <Section
          title="Dead letters"
          note="refused for good; the events are still in the log"
          aside={open > 1 ? <SendAgain {...acts} streamId={stream.id} label="Send all again…" /> : undefined}
        >
          <Letters letters={letters} {...acts} streamId={stream.id} />
        </Section>
      ) : null}
      <Section title="Last tries" note="the newest 100">
        <Tries deliveries={deliveries} />
      </Section>
      {kind === 'http' ? <VerifyWebhook /> : null}
    </Stack>
  );
}

type AgainProps = Pick<DetailProps, 'actions' | 'hidden' | 'reason'> & { streamId: string };

function SendAgain({
  actions,
  hidden,
  reason,
  streamId,
  first,
  label,
}: AgainProps & { first?: number; label: string }) {
  return (
    <Confirm
      trigger={{ label, size: 'sm', reason }}
      title={first === undefined ? 'Send all dead letters again' : 'Send a dead letter again'}
      act="Send again"
      action={actions.sendAgain}
      hidden={{ ...hidden, streamId, ...(first === undefined ? {} : { first: String(first) }) }}
      danger={false}
    >
      Once, before anything newer. If it is refused again, it stays here.
    </Confirm>
  );
}

const LETTER_STATES = {
  open: { state: 'failed', word: 'Open' },
  again: { state: 'waiting', word: 'Being sent again' },
  sent: { state: 'verified', word: 'Sent' },
} as const;

function Letters({ letters, ...again }: AgainProps & { letters: readonly LetterView[] }) {
  return (
    <Table
      label="Dead letters"
      rows={letters}
      rowKey={({ first }) => String(first)}
      columns={[
        { id: 'range', head: 'Places', grow: true, cell: ({ first, end }) => rangeWords(first, end) },
        { id: 'answer', head: 'Answer', hide: true, cell: ({ code, status }) => answerWords(code, status) },
        { id: 'when', head: 'When', tight: true, hide: true, cell: ({ at }) => <Time at={at} mode="exact" /> },
        { id: 'state', head: 'State', tight: true, cell: ({ state }) => <Status {...LETTER_STATES[state]} /> },
        {
          id: 'again',
          head: <span className="sr">Send again</span>,
          tight: true,
          cell: ({ first, state }) =>
            state === 'open' ? <SendAgain {...again} first={first} label="Send again…" /> : null,
        },
      ]}
    />
  );
}

function Tries({ deliveries }: Pick<Detail, 'deliveries'>) {
  return (
    <Table
      label="Last tries"
      rows={deliveries}
      rowKey={({ n }) => String(n)}
      tone={({ broken }) => (broken > 0 ? 'fail' : undefined)}
      columns={[
        { id: 'range', head: 'Places', grow: true, cell: ({ first, end }) => rangeWords(first, end) },
        { id: 'when', head: 'When', tight: true, hide: true, cell: ({ at }) => <Time at={at} mode="exact" /> },
        { id: 'answer', head: 'Answer', hide: true, cell: ({ code, status }) => answerWords(code, status) },
        {
          id: 'broken',
          head: 'Gone or changed',
          align: 'num',
          hide: true,
          cell: ({ broken }) => (broken === 0 ? '–' : formatNumber(broken)),
        },
        { id: 'bytes', head: 'Bytes', align: 'num', hide: true, cell: ({ bytes }) => formatNumber(bytes) },
        { id: 'millis', head: 'ms', align: 'num', hide: true, cell: ({ millis }) => formatNumber(millis) },
        {
          id: 'verdict',
          head: 'Outcome',
          tight: true,
          cell: ({ verdict }) => <Status state={VERDICT_WORDS[verdict].glyph} word={VERDICT_WORDS[verdict].word} />,
        },
      ]}
      empty={
        <Empty compact title="Nothing sent yet">
          The first batch leaves once something of the log is signed.
        </Empty>
      }
    />
  );
}
