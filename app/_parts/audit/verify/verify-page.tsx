'use client';
/** Proves the rows of the page in the browser. The code that does it is loaded when somebody asks. */
import { useState } from 'react';
import { Button } from '@/app/_ui/button';
import { SidePanel } from '@/app/_ui/dialog';
import { formatNumber } from '@/app/_ui/format';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Status } from '@/app/_ui/status';
import { Table } from '@/app/_ui/table';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { AuditView } from '@/lib/audit-log/schemas';
import type { KeyState, Known, Proven, RowResult } from './prove';

export interface VerifyPageProps {
  /** Id of the organisation whose log it is, or `provider`. */
  log: string;
  origin: string;
  vkeys: readonly string[];
  events: readonly AuditView[];
}

type State = 'idle' | 'busy' | 'unreachable' | Proven;

export function VerifyPage({ log, origin, vkeys, events }: VerifyPageProps) {
  const [state, setState] = useState<State>('idle');
  const [open, setOpen] = useState(false);
  const done = typeof state === 'object' ? state : null;

  async function verify() {
    setOpen(true);
    setState('busy');
    try {
      const { provePage } = await import('./prove');
      const result = await provePage({
        origin,
        vkeys,
        rows: events,
        known: recall(origin),
        get: (path) => bytesAt(log, path),
        published: () => bytesAt('operator', 'checkpoint'),
      });
      // A key that has changed is for a person to look into.
      if (result.ok && result.keys !== 'changed') remember(origin, result.known);
      setState(result);
    } catch {
      setState('unreachable');
    }
  }

  function accept(known: Known) {
    remember(origin, known);
    void verify();
  }

  return (
    <>
      <Button
        size="sm"
        icon="check"
        onClick={verify}
        reason={events.length === 0 ? 'There is nothing on this page.' : undefined}
      >
        Verify this page
      </Button>
      <SidePanel
        open={open}
        onOpenChange={setOpen}
        title="Verify this page"
        lede="Your browser recomputes each event of this page and proves it against the log’s newest signed checkpoint."
        wide
      >
        <Stack gap={4}>
          {state === 'busy' ? (
            <Note live>Fetching the log’s tiles and checking them.</Note>
          ) : state === 'unreachable' ? (
            <Note tone="danger" live title="It could not be checked.">
              The log did not answer. Try again.
            </Note>
          ) : done?.ok === false ? (
            <Note tone="danger" live title="This log does not verify.">
              {done.why} Keep what you see and tell whoever runs the log.
            </Note>
          ) : done ? (
            <Results proven={done} events={events} accept={() => accept(done.known)} />
          ) : null}
          {state === 'busy' ? null : (
            <Row>
              <Button size="sm" onClick={verify}>
                Verify again
              </Button>
            </Row>
          )}
        </Stack>
      </SidePanel>
    </>
  );
}

interface ResultsProps {
  proven: Extract<Proven, { ok: true }>;
  events: readonly AuditView[];
  /** Takes the log's key from now on for the one that it has. */
  accept(): void;
}

const KEYS: Record<KeyState, string> = {
  same: 'The key is the one this browser knew, and the log goes on from where this browser saw it last.',
  new: 'This browser saw the log’s key for the first time; compare it with the one you were given.',
  changed: 'The log goes on from where this browser saw it last.',
};

function Results({ proven, events, accept }: ResultsProps) {
  const failed = proven.rows.filter(({ state }) => state === 'failed').length;
  const good = proven.rows.filter(({ state }) => state === 'proven').length;
  const byId = new Map(proven.rows.map((row) => [row.id, row]));
  return (
    <>
      <Note
        tone={failed > 0 ? 'danger' : 'success'}
        live
        title={`${good} of ${events.length} ${events.length === 1 ? 'event is' : 'events are'} proven.`}
      >
        Against the checkpoint over {formatNumber(proven.size)} entries. {KEYS[proven.keys]}
      </Note>
      {proven.keys === 'changed' ? (
        <Note
          tone="notice"
          title="The key of this log has changed."
          action={
            <Button size="sm" onClick={accept}>
              Remember the new key
            </Button>
          }
        >
          None of the keys that this browser knew signed the checkpoint. The new one signs the operator’s log too, which
          everybody is shown. Ask whoever runs the log, by another way than this page, whether it is theirs:{' '}
          <Mono wrap>{proven.known.vkeys.join(' ')}</Mono>
        </Note>
      ) : null}
      <Table
        label="Result for each event"
        rows={events}
        rowKey={({ id }) => id}
        columns={[
          { id: 'at', head: 'Time, UTC', tight: true, cell: ({ at }) => <Time at={at} mode="clock" /> },
          { id: 'what', head: 'What happened', grow: true, cell: ({ sentence }) => sentence },
          { id: 'result', head: 'Result', cell: ({ id }) => <Result row={byId.get(id)} /> },
        ]}
        empty={null}
      />
      <p className="small quiet">
        It shows that the log holds these events as they are shown, not that the page left none out: an evidence pack
        shows that.
      </p>
    </>
  );
}

function Result({ row }: { row: RowResult | undefined }) {
  if (!row || row.state === 'waiting') return <Status state="waiting" word="No checkpoint yet" />;
  if (row.state === 'failed') return <Status state="failed" word="Not proven" detail={row.why} />;
  return <Status state="verified" word="Proven" detail={`#${row.index}`} />;
}

async function bytesAt(log: string, path: string): Promise<Uint8Array> {
  const answer = await fetch(`/audit/${encodeURIComponent(log)}/${path}`);
  if (!answer.ok) throw new Error(String(answer.status));
  return new Uint8Array(await answer.arrayBuffer());
}

const KEY = (origin: string) => `cordon-log ${origin}`;

function recall(origin: string): Known | null {
  try {
    return JSON.parse(localStorage.getItem(KEY(origin)) ?? 'null') as Known | null;
  } catch {
    return null;
  }
}

/** A browser that keeps nothing verifies as if it saw the log for the first time. */
function remember(origin: string, known: Known): void {
  try {
    localStorage.setItem(KEY(origin), JSON.stringify(known));
  } catch {
    // Storage is off.
  }
}
