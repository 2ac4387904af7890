import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type ActStatement, parseStatement, termsDigest } from '@/lib/kernel/act';
import type { AssertionFault } from '@/lib/keyring/assertion';
import { primitives } from '@/lib/primitives';
import { type Confirmation, readConfirmations } from './act-evidence';
import { printProduction, productionOf } from './act-standing';
import { type Command, EXIT, type Output, UsageError } from './command';
import { readOptions } from './options';
import { instant, quote } from './terminal';

const FAULTS = {
  missing: 'statement or evidence is missing: erased, or not exported',
  statement: 'the statement is not one that is ever signed',
  evidence: 'the evidence cannot be read',
  event: 'the event says something else than what was signed',
  malformed: 'the signed data is no answer of a passkey',
  challenge: 'the signature is for another statement',
  origin: 'signed on another origin than the evidence says',
  relying_party: 'signed for another site',
  user_verification: 'the authenticator did not ask for PIN or biometric',
  signature: 'the signature is not by the key of the evidence',
} satisfies Record<AssertionFault | 'missing' | 'statement' | 'evidence' | 'event', string>;
type Fault = keyof typeof FAULTS;

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const evidenceSchema = z.object({
  passkeyId: z.string(),
  credentialId: base64url,
  publicKey: base64url,
  authenticatorData: base64url,
  clientDataJSON: base64url,
  signature: base64url,
  origin: z.string().refine((origin) => URL.canParse(origin)),
});
type Evidence = z.output<typeof evidenceSchema>;

interface Verdict {
  n: number;
  /** `unsigned`: confirmed with a code, which leaves nothing to check. */
  result: 'ok' | 'failed' | 'unsigned';
  fault: Fault | null;
  statement: ActStatement | null;
  evidence: Evidence | null;
}

const WHAT_IT_MEANS =
  'OK: the holder of this key signed exactly these words, on this origin, after PIN or biometric. It does not prove whose key it is, nor that ' +
  "the event stood in the log at that time: compare the key with that person's in the keyring's registry (credentials.log), or with what " +
  'they say it is.';

export const actVerify: Command = {
  name: 'act verify',
  usage: 'FILE|- [--json]',
  says: 'Checks the signatures by which people confirmed dangerous acts, offline, from an audit export (JSON or NDJSON).',
  async run(args, out) {
    const { values, positionals } = readOptions(args, { json: { type: 'boolean' } }, 1);
    const verdicts = await Promise.all(readConfirmations(readInput(positionals[0]!)).map(check));
    const production = productionOf(verdicts.flatMap(signedAct), Math.floor(Date.now() / 1000));
    if (values.json) out.line(JSON.stringify({ acts: verdicts.map(plain), production, means: WHAT_IT_MEANS }));
    else {
      print(out, verdicts);
      if (production) printProduction(out, production);
    }
    return verdicts.some(({ result }) => result === 'failed') ? EXIT.refused : EXIT.ok;
  },
};

function readInput(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new UsageError(`the file cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

async function check({ n, event, statement, evidence }: Confirmation): Promise<Verdict> {
  if (event?.factor === 'totp') return { n, result: 'unsigned', fault: null, statement: null, evidence: null };
  const act = parseStatement(statement);
  const parts = readEvidence(evidence);
  const fault = statement === '' || evidence === '' ? 'missing' : await faultOf(event, statement, act, parts);
  return { n, result: fault ? 'failed' : 'ok', fault, statement: act, evidence: parts };
}

async function faultOf(
  event: Confirmation['event'],
  text: string,
  act: ActStatement | null,
  evidence: Evidence | null,
): Promise<Fault | null> {
  if (!act) return 'statement';
  if (!evidence) return 'evidence';
  const { action, verdict } = act;
  const terms = termsDigest(act.version, act.terms, primitives);
  if (event && (event.action !== action || event.verdict !== verdict || event.terms !== terms)) return 'event';
  // Here rather than above: other commands start faster without it.
  const { verifyAssertion } = await import('@/lib/keyring/assertion');
  const checked = await verifyAssertion({ ...evidence, statement: text, counter: 0 });
  return checked.good ? null : checked.fault;
}

function readEvidence(text: string): Evidence | null {
  try {
    return evidenceSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function print(out: Output, verdicts: readonly Verdict[]): void {
  for (const { n, result, fault, statement, evidence } of verdicts) {
    const row = (name: string, value: string) => out.line(`  ${name.padEnd(10)} ${value}`);
    if (result === 'unsigned') {
      out.line(`${n}. UNSIGNED  confirmed with a code, which leaves no signature to check`);
      continue;
    }
    out.line(`${n}. ${fault ? `FAILED  ${fault}: ${FAULTS[fault]}` : 'OK'}`);
    if (statement) {
      const { realm, user, role, session, verdict, action, object, version, issuedAt, terms } = statement;
      row('who', `${quote(user)}, ${realm}${role && `, as ${quote(role)}`}, session ${quote(session)}`);
      row('what', `${verdict} ${quote(action)} on ${quote(object)}${version && `, version ${quote(version)}`}`);
      for (const [name, value] of terms) row('', `${quote(name)}: ${quote(value)}`);
      row('when', `asked at ${instant(issuedAt)}, signed within five minutes`);
    }
    if (evidence) {
      row('where', quote(evidence.origin));
      row('key', `${keyDigest(evidence)} (SHA-256 of the public key), passkey ${quote(evidence.passkeyId)}`);
    }
  }
  const count = (of: Verdict['result']) => verdicts.filter(({ result }) => result === of).length;
  out.line();
  out.line(`${count('ok')} OK, ${count('failed')} failed, ${count('unsigned')} unsigned`);
  if (count('ok') > 0) out.line(WHAT_IT_MEANS);
}

const signedAct = ({ n, result, statement, evidence }: Verdict) =>
  result === 'ok' && statement && evidence ? [{ n, statement, authenticatorData: evidence.authenticatorData }] : [];

const plain = ({ n, result, fault, statement, evidence }: Verdict) => ({
  n,
  result,
  fault,
  says: fault && FAULTS[fault],
  statement,
  passkeyId: evidence?.passkeyId ?? null,
  publicKey: evidence?.publicKey ?? null,
  keyDigest: evidence && keyDigest(evidence),
  origin: evidence?.origin ?? null,
});

const keyDigest = ({ publicKey }: Evidence): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex');
