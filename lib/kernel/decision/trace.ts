import type { Rule } from './codes';
import type { Step } from './types';

/** The ladder in the order of a version 007 join. */
const LADDER: readonly Rule[] = [
  'request',
  'form',
  'project',
  'policy',
  'fence',
  'signature',
  'audience',
  'time',
  'revocation',
  'privilege',
];

/** Notes a rule that passed. Callers ask for a trace first: on an edge no text is made up for nobody. */
export function passed(trace: Step[], rule: Rule, detail: string): void {
  trace.push({ rule, result: 'passed', detail });
}

/** Notes the rule that refused, and the rules of the ladder that were not reached. */
export function refused(trace: Step[], rule: Rule, detail: string): void {
  trace.push({ rule, result: 'refused', detail });
  for (const later of LADDER) {
    if (!trace.some((step) => step.rule === later)) trace.push({ rule: later, result: 'not_reached', detail: '' });
  }
}
