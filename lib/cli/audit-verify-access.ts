import {
  ACCESS_FAULTS,
  ACCESS_FINDINGS,
  type AccessFault,
  type AccessFinding,
  type JudgedAccess,
  type JudgedGrant,
} from '@/lib/kernel/access';
import type { AccessUnjudged, PackReport } from '@/lib/kernel/pack';
import { isSeed, MAX_SAMPLE, sampleOf } from '@/lib/kernel/sample';
import { primitives } from '@/lib/primitives';
import { type Output, UsageError } from './command';
import { instant, quote } from './terminal';

/** A signature under access to production that does not hold. The pack is right; what its log holds is not. */
export const ACCESS_EXIT = 26;

const UNJUDGED: Record<AccessUnjudged, string> = {
  filter:
    'NOT JUDGED: the filter leaves out events that signatures are checked by (committee., grant., host., passkey., production., step-up@)',
  range: 'NOT JUDGED: the range does not begin with the log, so registered passkeys and the committee are not known',
  host: 'NOT JUDGED: signatures of passkeys cannot be verified here',
  size: 'NOT JUDGED: there are more events about it than 64 MiB',
};

const WHAT_IT_MEANS =
  'A grant is OK when its person, everybody who had to agree, and whoever opened a session signed exactly that, with passkeys that the log has as ' +
  'theirs and that another had endorsed, and when that grants it by the published rules. Staff whom the operator of the machine welcomed need no ' +
  'endorsement: that is the log’s word. What was used, and how it ended, is what gateways and hosts reported.';

/** Which grants to name, drawn by the rule of lib/kernel/sample from the places of their requests in the log. */
export interface Draw {
  seed: string;
  size: number;
}

/** Throws `UsageError`. */
export function readDraw(seed: string | undefined, sample: string | undefined): Draw | null {
  if (seed === undefined && sample === undefined) return null;
  const size = Number(sample ?? '25');
  if (seed === undefined || !isSeed(seed)) throw new UsageError('--sample needs --seed: one line of plain characters');
  if (!Number.isInteger(size) || size < 1 || size > MAX_SAMPLE) throw new UsageError(`--sample is 1 to ${MAX_SAMPLE}`);
  return { seed, size };
}

const isJudged = (access: PackReport['access']): access is JudgedAccess =>
  access !== null && typeof access === 'object';

/** The first thing that is wrong with a signature of those; grants that were not drawn count too. */
export function firstFault(access: PackReport['access']): (AccessFault & { grant: string | null }) | null {
  if (!isJudged(access)) return null;
  const all = [
    ...access.faults.map((fault) => ({ ...fault, grant: null })),
    ...access.grants.flatMap(({ id, faults }) => faults.map((fault) => ({ ...fault, grant: id }))),
  ];
  return all.sort((a, b) => a.index - b.index)[0] ?? null;
}

export function drawn({ grants }: JudgedAccess, draw: Draw | null): readonly JudgedGrant[] {
  if (!draw) return grants;
  const places = new Set(
    sampleOf(
      primitives,
      draw.seed,
      grants.map(({ index }) => index),
      draw.size,
    ),
  );
  return grants.filter(({ index }) => places.has(index));
}

export function printAccessFailure(
  out: Output,
  { code, index, grant, detail }: AccessFault & { grant: string | null },
): void {
  out.line(`FAILED  ${code} at index ${index}${grant === null ? '' : `, grant ${grant}`}: ${ACCESS_FAULTS[code]}`);
  out.line(`  detail  ${detail}. The pack itself is right: so it stands in the log.`);
  out.line();
}

export function printAccess(out: Output, access: PackReport['access'], draw: Draw | null): void {
  if (access === null) return;
  out.line();
  out.line('Access to production');
  if (isJudged(access)) printGrants(out, access, draw);
  else out.line(`  ${UNJUDGED[access]}`);
}

function printGrants(out: Output, access: JudgedAccess, draw: Draw | null): void {
  const chosen = drawn(access, draw);
  if (draw) out.line(`  sample     ${chosen.length} of ${access.grants.length}, by the seed ${quote(draw.seed)}`);
  for (const fault of access.faults) printFault(out, fault);
  for (const grant of chosen) printGrant(out, grant);
  for (const finding of access.findings) printFinding(out, finding);
  const bad = access.grants.filter(({ faults }) => faults.length > 0).length;
  out.line(`  requests: ${access.grants.length}, of which hold: ${access.grants.length - bad}, do not: ${bad}`);
  out.line();
  out.line(WHAT_IT_MEANS);
}

function printGrant(out: Output, { id, index, terms, standing, signed, use, faults, findings }: JudgedGrant): void {
  const good = signed.filter(({ fault }) => fault === null).length;
  const state = standing ? `${standing.state}${standing.why ? ` (${standing.why})` : ''}` : 'unknown';
  out.line(`  ${faults.length > 0 ? 'FAILED' : 'OK    '} ${id} at index ${index}: ${state} by ${good} signatures`);
  if (terms)
    out.line(
      `           ${terms.kind} of ${terms.person} to ${quote(terms.targets.join(', '))}, ${terms.minutes} minutes`,
    );
  if (standing?.startsAt != null && standing.deadline !== null)
    out.line(`           from ${instant(standing.startsAt)} to ${instant(standing.deadline)} at most`);
  if (use.ended) out.line(`           ended ${quote(use.ended.at)}: ${quote(use.ended.why)}, as the log says`);
  for (const { id: session, serials, confirmed, record } of use.sessions)
    out.line(
      `           session ${quote(session)}: ${serials.length} begun, ${confirmed.length} in sshd's log, record ${
        record ? `of ${record.lines} lines, root ${quote(record.root)}` : 'none'
      }`,
    );
  for (const fault of faults) printFault(out, fault);
  for (const finding of findings) printFinding(out, finding);
}

const printFault = (out: Output, { code, index, detail }: AccessFault): void =>
  out.line(`    ${code} at index ${index}: ${ACCESS_FAULTS[code]} (${detail})`);
const printFinding = (out: Output, { code, index }: AccessFinding): void =>
  out.line(`    to ask about, at index ${index}: ${code}: ${ACCESS_FINDINGS[code]}`);

/** Members of the JSON output. */
export function plainAccess(access: PackReport['access'], draw: Draw | null) {
  if (!isJudged(access)) return { access: access === null ? null : { judged: false, why: UNJUDGED[access] } };
  const { faults, findings, grants } = access;
  return {
    access: {
      judged: true,
      ...{ requests: grants.length, faults, findings, sample: draw },
      grants: drawn(access, draw).map(({ signed, ...grant }) => ({
        ...grant,
        ok: grant.faults.length === 0,
        signed: signed.map(({ index, action, verdict, act, fault }) => ({
          ...{ index, action, verdict, fault },
          ...{ user: act?.user ?? null, role: act?.role ?? null },
        })),
      })),
    },
  };
}
