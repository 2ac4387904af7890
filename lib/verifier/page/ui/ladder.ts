import type { PackFaultCode, PackStep } from '@/lib/kernel/pack';
import type { Brought } from '../inputs';
import { CHECKS, type CheckId, type CheckState, statesOf } from '../words';
import { el, type Glyph, glyph } from './dom';

export interface Standing {
  step: PackStep | 'done' | null;
  fault?: { code: PackFaultCode; detail: string };
  brought: Brought;
  /** Whether the pack has the proof; null while nobody knows. */
  operator?: boolean | null;
}

const SAYS: Record<CheckState, string> = {
  planned: 'not reached',
  running: 'being checked',
  holds: '',
  failed: '',
  unfinished: 'not finished',
};

/** What is checked, from top to bottom, and how far it came. */
export function ladder(standing: Standing): HTMLElement {
  const { step, fault } = standing;
  const states = statesOf(step, fault?.code);
  return el(
    'ol',
    { class: 'ladder', 'aria-label': 'What is checked' },
    ...CHECKS.map(({ id, name, holds }) => {
      const state = states.get(id)!;
      const skipped = state === 'holds' || step === null ? whySkipped(id, standing) : null;
      const shape: Glyph = skipped && state === 'holds' ? 'none' : state === 'unfinished' ? 'planned' : state;
      const says =
        step === null ? (skipped ?? holds) : state === 'failed' ? fault!.detail : (skipped ?? (SAYS[state] || holds));
      return el(
        'li',
        { class: `check ${skipped && state === 'holds' ? 'skipped' : state}` },
        el('span', { class: 'mark' }, glyph(shape)),
        el('span', { class: 'name' }, name),
        el('span', { class: 'says' }, says),
        state === 'failed' && el('span', { class: 'code' }, fault!.code),
      );
    }),
  );
}

/** A check that nothing was brought for. */
function whySkipped(id: CheckId, { brought, operator }: Standing): string | null {
  if (id === 'origin' && brought.origin.trim() === '') return 'you asked for none; read below which it is';
  if (id === 'head' && brought.head.trim() === '') return 'you brought none';
  if (id === 'witnesses' && brought.policy.trim() === '') return 'you asked for none';
  if (id === 'operator' && operator === false) return 'the pack brings no proof';
  if (id === 'operator' && operator === null) return 'holds this checkpoint, if the pack brings the proof';
  return null;
}
