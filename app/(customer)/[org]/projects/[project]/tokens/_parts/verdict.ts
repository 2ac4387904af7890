import type { LadderStep, Verdict } from '@/app/_ui/decision-ladder';
import { formatExact } from '@/app/_ui/format';
import type { Inspection } from '@/lib/tokens/schemas';
import { readable } from './instants';

/** An inspection in the words of the ladder. Pure. */
const NAMES: Readonly<Record<string, string>> = {
  request: 'Request',
  form: 'Form',
  project: 'Project',
  policy: 'Policy',
  fence: 'Fence',
  signature: 'Signature',
  audience: 'Audience',
  time: 'Time',
  revocation: 'Revocation',
  privilege: 'Privileges',
};

/** Titles by the rule that refused. */
const REFUSED: Readonly<Record<string, string>> = {
  request: 'Refused: the request is not well formed',
  form: 'Refused: the token cannot be used',
  project: 'Refused: the project',
  policy: 'Refused: no fresh policy',
  fence: 'Refused by the fence',
  signature: 'Refused: the signature',
  audience: 'Refused: made for another audience',
  time: 'Refused: out of its time',
  revocation: 'Refused: revoked',
  privilege: 'Refused: the privilege is missing',
};

export function verdictOf({ decision, edge }: Inspection): Verdict {
  if (decision.verdict === 'allow') {
    const rights = decision.permissions.map(({ name }) => name).join(', ');
    return {
      state: 'allowed',
      title: 'This would join',
      text: `Edge ${edge.name} in ${edge.region} admits it with ${rights}.`,
      code: '201 ok',
    };
  }
  const facts = [decision.says, decision.detail && sentence(readable(decision.detail, decision.code))]
    .filter(Boolean)
    .join(' ');
  return {
    state: 'refused',
    title: REFUSED[decision.rule] ?? 'Refused',
    text: facts,
    code: `${decision.status} ${decision.code}`,
  };
}

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

export const ladderOf = (inspection: Inspection): LadderStep[] =>
  inspection.steps.map(({ rule, result, detail }) => ({
    name: NAMES[rule] ?? rule,
    text: result === 'passed' ? factsOf(rule, detail, inspection) : readable(detail, inspection.decision.code),
    code: result === 'refused' ? inspection.decision.code : rule,
    state: result === 'not_reached' ? 'skipped' : result,
  }));

/** What an edge notes for machines, for people: times instead of seconds, names instead of bits and identifiers. */
function factsOf(rule: string, detail: string, { certificate, decision }: Inspection): string {
  const until = /^valid until (\d+)$/.exec(detail)?.[1];
  if (until) return `valid until ${formatExact(Number(until) * 1000)}`;
  if (rule === 'signature' && certificate && detail.includes(certificate.id))
    return `matches the ${certificate.slot} certificate`;
  if (rule === 'privilege' && decision.verdict === 'allow')
    return decision.permissions.map(({ name }) => name).join(', ');
  return detail;
}
