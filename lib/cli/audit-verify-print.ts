import { encodeBase64 } from '@/lib/kernel/encoding';
import { formatVkey, type VerifiedSignature } from '@/lib/kernel/log';
import { type FaultPlace, PACK_FAULTS, type PackFaultCode, type PackReport } from '@/lib/kernel/pack';
import type { Output } from './command';
import { instant, quote } from './terminal';

const WHAT_IT_MEANS =
  'It shows that the pack holds what the log holds. It does not show that everything that happened was logged, nor that what was logged is true.';
const NO_HEAD =
  'You gave no checkpoint of your own (--known-head). Whoever has the key of the log can write another log and sign that: only a checkpoint that you ' +
  'kept from before, or witnesses that you trust, would show it. Keep the file "checkpoint" of this pack for the next audit.';
const OWN_KEYS =
  'NOT INDEPENDENT: you gave no key (--vkey), so the key was taken from the pack. Whoever forges a pack brings a key along. Get the verifier key of ' +
  'the log from somebody else than the sender of the pack, compare it with the one below, or pass it as --vkey.';
const RELY_ON_NOTHING =
  'Nothing of this pack should be relied upon. The check ends at the first failure; there may be more.';
const UNPROVEN =
  'Everything else was checked and is right: each event is in the log as it stands here. Whether events are missing, nobody can tell from this pack.';

export interface Failure extends FaultPlace {
  readonly code: PackFaultCode;
  readonly detail: string;
}

export function printFailure(out: Output, { code, detail, index, file, line }: Failure): void {
  out.line(`FAILED  ${code}${index === undefined ? '' : ` at index ${index}`}: ${PACK_FAULTS[code]}`);
  if (file !== undefined) out.line(`  where   ${quote(file)}${line === undefined ? '' : `, line ${line}`}`);
  out.line(`  detail  ${detail}`);
  out.line();
  out.line(code === 'unproven' ? UNPROVEN : RELY_ON_NOTHING);
}

export function printReport(out: Output, report: PackReport): void {
  const { manifest, events, stubs, times, keys, keysFrom, knownHead, operator, witnessed, cosigners } = report;
  const { range, checkpoint } = manifest;
  const row = (name: string, value: string) => out.line(`  ${name.padEnd(10)} ${value}`);
  const whole = range.from === 0 && range.to === checkpoint.size;
  out.line('OK  complete, in order and unaltered');
  row('log', quote(manifest.origin));
  row(
    'entries',
    `${whole ? 'all' : `from ${range.from} up to, not including, ${range.to}, of`} ${checkpoint.size} in the log`,
  );
  row('filter', Object.keys(manifest.filter).length > 0 ? quoteJson(manifest.filter) : 'none');
  row('events', `${events} match and are here; ${stubs} others are shown not to match`);
  if (times) row('times', `${quote(times.first)} to ${quote(times.last)}, UTC`);
  row('checkpoint', `${checkpoint.size} entries, root ${checkpoint.root}`);
  for (const key of keys)
    row('key', `${quote(formatVkey(key))}, ${keysFrom === 'auditor' ? 'given by you' : "THE PACK'S OWN"}`);
  if (knownHead)
    row('known head', `${knownHead.size} entries; ${knownHead.grown ? 'the log only grew since' : 'still the same'}`);
  row(
    'operator',
    operator ? `entry ${operator.index} of the operator log` : 'no proof that the operator log holds the checkpoint',
  );
  for (const cosigner of cosigners) row('cosigned', cosignerLine(cosigner, 'the checkpoint'));
  for (const cosigner of operator?.cosigners ?? []) row('cosigned', cosignerLine(cosigner, 'the operator log'));
  if (witnessed)
    row('witnesses', `the policy is met on ${witnessed === 'operator' ? 'the operator log' : 'the checkpoint'}`);
  row('said only', `made at ${manifest.createdAt} by ${quote(manifest.software)}: nothing proves this line`);
  out.line();
  if (keysFrom === 'pack') out.line(OWN_KEYS);
  if (!knownHead) out.line(NO_HEAD);
  out.line(WHAT_IT_MEANS);
}

/** Members of the JSON output; bytes in base64. */
export const plainReport = (report: PackReport) => ({
  manifest: report.manifest,
  events: report.events,
  stubs: report.stubs,
  times: report.times,
  keys: report.keys.map(formatVkey),
  keysFrom: report.keysFrom,
  knownHead: report.knownHead,
  cosigners: report.cosigners.map(plainCosigner),
  operator: report.operator && {
    index: report.operator.index,
    size: report.operator.checkpoint.size,
    root: encodeBase64(report.operator.checkpoint.root),
    cosigners: report.operator.cosigners.map(plainCosigner),
  },
  witnessed: report.witnessed,
  means: WHAT_IT_MEANS,
});

export const plainCosigner = ({ key, time }: VerifiedSignature) => ({ vkey: formatVkey(key), time });

export const cosignerLine = ({ key, time }: VerifiedSignature, what: string) =>
  `${what}, by ${quote(key.name)}${time === null ? '' : ` at ${instant(time)}`}`;

/** `quote` for a value that is JSON already. */
export const quoteJson = (value: unknown) => quote(JSON.stringify(value)).slice(1, -1).replaceAll('\\"', '"');
