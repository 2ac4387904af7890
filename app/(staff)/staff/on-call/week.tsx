/** Shifts and gaps, day by day. */
import { Status } from '@/app/_ui/status';
import { NameCell, Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import type { OnCallView, PartView, ShiftView } from '@/lib/grants/on-call/schemas';
import styles from './on-call.module.css';
import { HandOver, RemoveShift } from './on-call-acts';
import { allOf, dayWords, gapWords, partWords, shiftWords } from './words';

interface WeekProps {
  of: OnCallView;
  mayRemove: boolean;
  /** Anybody's shift, not only one's own. */
  mayHandOver: boolean;
}

interface DayPart extends PartView {
  day: string;
}

export function Week({ of, mayRemove, mayHandOver }: WeekProps) {
  const approvers = of.approvers?.length ?? null;
  const rows = of.week.flatMap(({ day, parts }) => parts.map((part): DayPart => ({ day, ...part })));
  const acts = (shift: ShiftView) => (
    <div className={styles.acts}>
      {mayHandOver || shift.own ? (
        <HandOver
          of={shift}
          approvers={of.approvers ?? []}
          reason={(mayHandOver && of.approvers ? null : of.closedToReader) ?? undefined}
        />
      ) : null}
      {mayRemove ? <RemoveShift of={shift} left={approvers ? allOf(approvers) : 'all on-call approvers'} /> : null}
    </div>
  );
  return (
    <Table
      label="Shifts"
      density="row"
      edge
      rows={rows}
      rowKey={({ day, from, until, shift }) => `${day} ${from} ${until} ${shift?.id ?? ''}`}
      group={({ day }) => dayWords(day)}
      tone={({ shift, over }) => (shift === null && !over ? 'gap' : undefined)}
      columns={[
        { id: 'when', head: 'UTC', tight: true, cell: (part) => <Mono>{partWords(part)}</Mono> },
        {
          id: 'who',
          head: 'On call',
          grow: true,
          wrap: true,
          cell: ({ shift, over }) =>
            shift ? (
              <NameCell name={shift.person.name} more={shiftWords(shift)} under={shiftWords(shift)} />
            ) : (
              <span className="quiet">{gapWords(over, approvers)}</span>
            ),
        },
        {
          id: 'by',
          head: 'Set by',
          hide: true,
          cell: ({ shift }) => (shift ? `${shift.setBy.name}${shift.handedOver ? ', handed over' : ''}` : null),
        },
        { id: 'state', head: 'State', hide: true, cell: ({ shift }) => (shift ? <State of={shift} /> : null) },
        {
          id: 'act',
          head: <span className="sr">Acts</span>,
          align: 'num',
          tight: true,
          cell: ({ shift, first }) => (shift && first && shift.state !== 'over' ? acts(shift) : null),
        },
      ]}
    />
  );
}

function State({ of: { state, lapses } }: { of: ShiftView }) {
  const detail = lapses ? 'to the end of the designation' : undefined;
  if (state === 'now') return <Status state="live" word="On call" detail={detail} />;
  return state === 'over' ? (
    <Status state="closed" word="Over" detail={detail} />
  ) : (
    <Status state="planned" word="Ahead" detail={detail} />
  );
}
