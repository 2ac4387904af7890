import type { PackFaultCode, PackStep } from '@/lib/kernel/pack';
import type { Brought } from '../inputs';
import { CHECKS, type Check, type CheckId, type CheckState, statesOf } from '../words';
import { el, type Glyph, glyph } from './dom';

export interface Standing {
  /** Null before it begins. */
  step: PackStep | 'done' | null;
  fault?: { code: PackFaultCode; detail: string };
  brought: Brought;
  /**
   * What of the pack is known only when it verifies: whether it proves itself in the operator's log, whether its own key was believed, and what
   * became of the signatures under access.
   */
  pack?: { operator: boolean; ownKey: boolean; access: 'judged' | 'faulty' | 'unjudged' | 'none' };
}

/** What is checked, from top to bottom, and how far it came. */
export function ladder(standing: Standing): HTMLElement {
  const states = statesOf(standing.step, standing.fault?.code);
  return el(
    'ol',
    { class: 'ladder', 'aria-label': 'What is checked' },
    ...CHECKS.map((check) => {
      const state = check.id === 'access' && standing.pack?.access === 'faulty' ? 'failed' : states.get(check.id)!;
      const skipped = state === 'holds' ? whySkipped(check.id, standing) : null;
      return el(
        'li',
        { class: `check ${skipped ? 'skipped' : state}` },
        el('span', { class: 'mark' }, glyph(skipped ? 'none' : SHAPES[state])),
        el('span', { class: 'name' }, check.name),
        el('span', { class: 'says' }, skipped ?? saysOf(check, state, standing)),
        state === 'failed' && !!standing.fault && el('span', { class: 'code' }, standing.fault.code),
      );
    }),
  );
}

const SHAPES: Record<CheckState, Glyph> = {
  planned: 'planned',
  running: 'running',
  holds: 'holds',
  failed: 'failed',
  unfinished: 'planned',
};

/** Checks that are made of what is brought, or enclosed. */
const IF: Partial<Record<CheckId, string>> = {
  origin: 'the one that you ask for, if you do',
  head: 'the log only grew since, if you bring one',
  operator: 'holds this checkpoint, if the pack brings the proof',
  witnesses: 'your policy is met, if you bring one',
  access: 'signatures under it hold, if the pack has them',
};

function saysOf({ id, holds }: Check, state: CheckState, { step, fault, pack }: Standing): string {
  if (step === null) return IF[id] ?? holds;
  switch (state) {
    case 'planned':
      return fault ? 'not reached' : 'to come';
    case 'running':
      return 'being checked';
    case 'failed':
      return fault?.detail ?? 'something that was signed does not hold; see below';
    case 'unfinished':
      return 'not finished';
    case 'holds':
      if (id === 'operator' && !pack) return IF.operator!;
      return id === 'checkpoint' && pack?.ownKey ? 'the key that came with the pack signed the checkpoint' : holds;
  }
}

/** Why there was nothing to check. */
function whySkipped(id: CheckId, { brought, pack }: Standing): string | null {
  if (id === 'origin' && brought.origin.trim() === '') return 'you asked for none in particular';
  if (id === 'head' && brought.head.trim() === '') return 'you brought none';
  if (id === 'witnesses' && brought.policy.trim() === '') return 'you asked for none';
  if (id === 'access' && pack?.access === 'none') return 'the pack holds nothing of it';
  if (id === 'access' && pack?.access === 'unjudged') return 'not judged; see below';
  return id === 'operator' && pack && !pack.operator ? 'the pack brings no proof' : null;
}
