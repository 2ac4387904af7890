import 'server-only';
import type { z } from 'zod';
import { inStaff, type StaffCaller } from '@/lib/authz';
import { type CheckedLine, type Head, RecordingVerifier, Redactor } from '@/lib/kernel/recording';
import { isId, newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { CHECKED_BYTES } from '../check';
import { isWithin, type Run, runsText } from '../chosen';
import { errors } from '../errors';
import { contiguous } from '../pieces';
import { about } from '../read';
import type { copyForm } from '../schemas';
import * as records from '../store';
import * as store from './store';

/** As long as a term that is signed may be. */
const MOST_TEXT = 1_024;

/**
 * Makes a copy of a verified record: without the lines that are named by time or number, or explicitly whole. It verifies against the same heads
 * as the record, and has bytes of its own. One person does it, with a passkey over the exact lines and the reason: a copy takes nothing away,
 * and only sharing it shows it to anybody. Throws `recording.not_found`, `recording.unverified`, `recording.nothing`, `recording.fixed`,
 * `recording.too_many`, `authz.step_up_required`.
 */
export const makeCopy = (
  caller: StaffCaller,
  { session, what, times, lines, reason }: z.output<typeof copyForm>,
): Promise<string> =>
  inStaff(caller, ['SessionRecording', 'copy'], async (desk) => {
    if (!isId('ssn', session) || !(await records.find(desk, session))) throw errors('recording.not_found');
    const heads = await records.heads(desk, session);
    const bytes = await bytesOf(contiguous((from) => records.pieces(desk, session, from)));
    const chosen = chosenOf(bytes, heads, what === 'whole' ? { times: [], lines: [] } : { times, lines });
    if (what === 'part' && chosen.numbers.length === 0) throw errors('recording.nothing');
    const withheld = runsText(chosen.numbers);
    if (withheld.length > MOST_TEXT) throw errors('recording.too_many');
    const count = chosen.numbers.length;
    await desk.stepUp({
      ...{ action: 'recording.copy', object: session },
      terms: [
        ['Screen record', session],
        ['Withheld lines', withheld || 'none: the whole record'],
        ['How many', `${count} of ${chosen.lines}`],
        ['Reason', reason],
      ],
    });
    const id = newId('rcp');
    const made = { id, sessionId: session, withheld, withheldLines: count, reason };
    await store.insert(desk, made, redacted(bytes, heads, chosen.numbers));
    await desk.record('recording.copied@1', about(session), { copy: id, withheld, lines: count, reason });
    return id;
  });

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > CHECKED_BYTES) throw errors('recording.unverified');
  }
  return Buffer.concat(parts);
}

/** Which lines are meant, of a record that is what the log says to its final head. */
function chosenOf(bytes: Uint8Array, heads: readonly Head[], of: { times: readonly Run[]; lines: readonly Run[] }) {
  const numbers: number[] = [];
  let fixed = false;
  const look = (line: CheckedLine): void => {
    if (!('event' in line)) return;
    const { kind, time } = line.event;
    const named = isWithin(of.lines, line.number);
    if (!named && !isWithin(of.times, Math.floor(time / 1e6))) return;
    if (kind !== 'r') numbers.push(line.number);
    // Within a stretch of time it is left as it is; by its number somebody means it.
    else fixed ||= named;
  };
  const verifier = new RecordingVerifier(primitives, { heads, row: (_, line) => line && look(line) });
  verifier.push(bytes);
  const result = verifier.end();
  if (!result.ok || !heads.at(-1)?.final) throw errors('recording.unverified');
  if (fixed) throw errors('recording.fixed');
  return { numbers, lines: result.report.lines };
}

function redacted(bytes: Uint8Array, heads: readonly Head[], numbers: readonly number[]): Uint8Array {
  const gone = new Set(numbers);
  const redactor = new Redactor(primitives, (line) => gone.has(line), { heads });
  const rows = redactor.push(bytes);
  const { result, refused } = redactor.end();
  if (!result.ok || refused !== null) throw new Error('a record that was verified could not be copied');
  return Buffer.concat(rows);
}
