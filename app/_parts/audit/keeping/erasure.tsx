/** Erasing a person's values: who, what it would do, and what was erased. */
import { Button } from '@/app/_ui/button';
import { Empty } from '@/app/_ui/empty';
import { Field } from '@/app/_ui/field';
import { formatNumber } from '@/app/_ui/format';
import { Input } from '@/app/_ui/input';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { ErasureOutlook } from '@/lib/audit-retention/schemas';
import { nameOf } from './holds';
import type { KeepingProps } from './keeping';
import { KeepingAct } from './keeping-acts';

export function Erasure(props: KeepingProps) {
  const { view, path, reasons, asked } = props;
  return (
    <Stack gap={5}>
      <p className="quiet">
        Destroys the keys of what this log says of a person: names, addresses, devices, what they typed. That something
        happened, when, and by which pseudonym stays, and with it every proof. It cannot be undone.
      </p>
      {reasons.erase ? (
        <Button reason={reasons.erase}>Look up</Button>
      ) : (
        <form action={path}>
          <Row gap={3} align="end">
            <Field name="person" label="Person" aside="usr_…, former members too">
              <Input mono maxLength={64} defaultValue={asked && 'outlook' in asked ? asked.outlook.person : ''} />
            </Field>
            <Button type="submit">Look up</Button>
          </Row>
        </form>
      )}
      {asked && 'problem' in asked ? <Note tone="notice">{asked.problem}</Note> : null}
      {asked && 'outlook' in asked ? <Outlook {...props} outlook={asked.outlook} /> : null}
      <Table
        label="Erased people"
        edge
        rows={view.erasures}
        rowKey={({ id }) => id}
        columns={[
          { id: 'who', head: 'Pseudonym', grow: true, cell: ({ person }) => <Mono>{person}</Mono> },
          { id: 'events', head: 'Records', align: 'num', cell: ({ events }) => formatNumber(events) },
          { id: 'by', head: 'Erased by', hide: true, cell: ({ erasedBy }) => nameOf(erasedBy) },
          { id: 'when', head: 'When', tight: true, cell: ({ erasedAt }) => <Time at={erasedAt} mode="exact" /> },
        ]}
        empty={
          <Empty compact title="Nobody was erased">
            Look a person up to see in how many records they are.
          </Empty>
        }
      />
    </Stack>
  );
}

function Outlook({ actions, hidden, outlook }: KeepingProps & { outlook: ErasureOutlook }) {
  const { person, pseudonym, events, holds } = outlook;
  if (events === 0) return <Note tone="quiet">No record of this log holds values of {person}.</Note>;
  const reason =
    holds.length === 0 ? undefined : `Kept by ${holds.length === 1 ? 'the hold' : 'the holds'} ${holds.join(', ')}.`;
  return (
    <Note
      tone="danger"
      title={`${formatNumber(events)} ${events === 1 ? 'record holds' : 'records hold'} values of this person`}
      action={
        <KeepingAct
          action={actions.erase}
          hidden={{ ...hidden, person }}
          label="Erase…"
          title="Erase the person from this log"
          act={`Erase from ${formatNumber(events)} ${events === 1 ? 'record' : 'records'}`}
          name={person}
          reason={reason}
        >
          <p>
            Their personal values in {formatNumber(events)} {events === 1 ? 'record' : 'records'} go for good. The
            records stay, by {pseudonym}. Files of exports of this log end; what was downloaded stays with whoever has
            it.
          </p>
        </KeepingAct>
      }
    >
      They stand there as {pseudonym}.
    </Note>
  );
}
