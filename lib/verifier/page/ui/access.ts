import {
  ACCESS_FAULTS,
  ACCESS_FINDINGS,
  type AccessFault,
  type AccessFinding,
  type JudgedAccess,
  type JudgedGrant,
} from '@/lib/kernel/access';
import { UNJUDGED_WORDS } from '../access';
import type { PackVerdict } from '../verdict';
import { number, plural } from '../words';
import { type Child, el, foreign } from './dom';

/** As many grants as are shown; those that do not hold come first. */
const SHOWN = 300;

/** Each request for access to production with what holds of it. */
export function accessRows(access: PackVerdict['access']): HTMLElement | null {
  if (access === null) return null;
  return el(
    'section',
    { class: 'rows access', 'aria-labelledby': 'access-title' },
    el('h2', { id: 'access-title' }, 'Access to production'),
    ...(typeof access === 'string' ? [el('p', { class: 'empty' }, UNJUDGED_WORDS[access])] : judged(access)),
  );
}

function judged({ grants, faults, findings }: JudgedAccess): Child[] {
  const bad = grants.filter((grant) => grant.faults.length > 0);
  const shown = [...bad, ...grants.filter((grant) => grant.faults.length === 0)].slice(0, SHOWN);
  return [
    el(
      'p',
      {},
      `${plural(grants.length, 'request')}, of which ${bad.length === 0 ? 'all hold' : `${number(bad.length)} ${bad.length === 1 ? 'does' : 'do'} not hold`}.`,
      shown.length < grants.length && ` ${number(shown.length)} are shown.`,
    ),
    ...faults.map(faultLine),
    ...findings.map(findingLine),
    el('ol', {}, ...shown.map(grantItem)),
  ];
}

function grantItem({ id, index, terms, standing, signed, use, faults, findings }: JudgedGrant): HTMLLIElement {
  const state = standing ? `${standing.state}${standing.why ? `, ${standing.why}` : ''}` : 'nothing of it holds';
  const good = signed.filter(({ fault }) => fault === null).length;
  const confirmed = use.sessions.reduce((sum, session) => sum + session.confirmed.length, 0);
  const begun = use.sessions.reduce((sum, session) => sum + session.serials.length, 0);
  return el(
    'li',
    { class: faults.length > 0 ? 'grant fails' : 'grant' },
    el('p', {}, el('strong', {}, faults.length > 0 ? 'Does not hold ' : 'Holds '), el('code', {}, id)),
    el(
      'p',
      { class: 'small' },
      `Entry ${number(index)}. By ${plural(good, 'signature')}: ${state}. `,
      terms && foreign(`${terms.kind} of ${terms.person} to ${terms.targets.join(', ')}, ${terms.minutes} minutes`),
    ),
    begun > 0 &&
      el('p', { class: 'small' }, `${plural(begun, 'session')} begun, ${number(confirmed)} in sshd’s own log.`),
    ...faults.map(faultLine),
    ...findings.map(findingLine),
  );
}

const faultLine = ({ code, index, detail }: AccessFault): HTMLElement =>
  el('p', { class: 'flag' }, el('code', {}, code), ` at index ${number(index)}: ${ACCESS_FAULTS[code]} (${detail}).`);

const findingLine = ({ code, index }: AccessFinding): HTMLElement =>
  el('p', { class: 'small' }, 'To ask about: ', ACCESS_FINDINGS[code], `, at index ${number(index)}.`);
