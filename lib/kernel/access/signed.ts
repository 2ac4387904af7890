import { type ActStatement, parseStatement, termsDigest, VERDICTS } from '../act';
import { isGrantAct } from '../grant';
import { personIn } from '../log';
import { assertionFault, isDeviceBound, type PasskeyHost } from '../webauthn';
import { Credentials, fingerprintOf } from './credentials';
import { type AccessEvent, secondsOf, textOf } from './events';
import type { AccessFaultCode } from './faults';

/** A confirmation of the log, judged. */
export interface Judged {
  readonly index: number;
  /** Unix seconds of the event. */
  readonly at: number;
  /** As the event says, which is committed to: what it is about and who gave it, also where nothing is opened. */
  readonly action: string;
  readonly object: string;
  readonly actor: string;
  readonly verdict: string;
  /** Null where it is missing or none. */
  readonly act: ActStatement | null;
  readonly deviceBound: boolean;
  readonly fault: AccessFaultCode | null;
}

/** The log whose packs access is judged by. */
const LOG = 'provider';
const ENDORSE = 'passkey.endorse';

/**
 * Judges every confirmation about access, and those that decide which passkeys count, each by what it opens and by the passkeys that are
 * registered at its place in the log.
 */
export async function judgeSignatures(host: PasskeyHost, events: readonly AccessEvent[]): Promise<Judged[]> {
  const known = new Credentials();
  const signed: Judged[] = [];
  /** By passkey, words for it that hold. */
  const vouched = new Map<string, Judged[]>();
  for (const event of events) {
    const { schema, objectId, details } = event;
    if (schema === 'passkey.added@1') known.added(event);
    else if (schema === 'passkey.removed@1') known.removed(event);
    else if (schema === 'passkey.endorsed@1') {
      if (vouched.get(objectId)?.some((one) => endorses(one, objectId, known))) known.endorsed(event);
      vouched.delete(objectId);
    } else if (schema === 'step-up@2' && isAbout(textOf(details, 'action'))) {
      const one = await judgeOne(host, event, known);
      signed.push(one);
      if (one.action === ENDORSE) vouched.set(objectId, [...(vouched.get(objectId) ?? []), one]);
    }
  }
  return signed;
}

const isAbout = (action: string): boolean => isGrantAct(action) || action === ENDORSE;

/** What was to be signed, in our own words only. */
export const detailOf = ({ action, verdict }: Judged): string =>
  `${action}${VERDICTS.some((one) => one === verdict) ? `, ${verdict}` : ''}`;

async function judgeOne(host: PasskeyHost, event: AccessEvent, known: Credentials): Promise<Judged> {
  const { index, actor, objectId: object, details, personal } = event;
  const statement = textOf(personal, 'statement');
  const evidence = evidenceOf(textOf(personal, 'evidence'));
  const act = parseStatement(statement);
  const fault = await faultOf(host, event, statement, act, evidence, known);
  return {
    ...{ index, actor, object, act, fault, at: secondsOf(event.at) },
    ...{ action: textOf(details, 'action'), verdict: textOf(details, 'verdict') },
    deviceBound: evidence !== null && isDeviceBound(evidence.authenticatorData),
  };
}

async function faultOf(
  host: PasskeyHost,
  { at, actor, actorKind, objectId, details, personal }: AccessEvent,
  statement: string,
  act: ActStatement | null,
  evidence: ActEvidence | null,
  known: Credentials,
): Promise<AccessFaultCode | null> {
  if (statement === '' || textOf(personal, 'evidence') === '') return 'approval.missing';
  const says =
    act !== null &&
    act.action === details.action &&
    act.verdict === details.verdict &&
    act.object === objectId &&
    termsDigest(act.version, act.terms, host) === details.terms &&
    personIn(host, LOG, act.user) === actor &&
    (act.realm === 'staff') === (actorKind === 'staff');
  if (!says) return 'approval.statement';
  if (!evidence) return 'approval.evidence';
  const registered = known.get(evidence.passkeyId);
  const isTheirs =
    registered?.owner === actor &&
    registered.realm === act.realm &&
    registered.fingerprint === fingerprintOf(host, evidence.publicKey);
  if (!isTheirs) return 'approval.credential';
  const counts = isGrantAct(act.action) ? Credentials.isSettled(registered, secondsOf(at)) : registered.since !== null;
  if (!counts) return 'approval.endorsement';
  const fault = await assertionFault(host, { ...evidence, statement });
  return fault && `approval.${fault}`;
}

/** Whether a confirmation is another's good word for this passkey, with this key. */
const endorses = ({ action, act, object, actor, fault }: Judged, passkeyId: string, known: Credentials): boolean => {
  const waiting = known.get(passkeyId);
  return (
    fault === null &&
    action === ENDORSE &&
    act?.verdict === 'endorse' &&
    act.realm === 'staff' &&
    object === passkeyId &&
    waiting !== undefined &&
    waiting.owner !== actor &&
    act.terms.some(([name, value]) => name === 'Fingerprint' && value === waiting.fingerprint)
  );
};

const PARTS = ['passkeyId', 'publicKey', 'authenticatorData', 'clientDataJSON', 'signature', 'origin'] as const;
type ActEvidence = Record<(typeof PARTS)[number], string>;

/** What lib/identity keeps beside a statement. */
function evidenceOf(text: string): ActEvidence | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const parts = value as Record<string, unknown>;
    return PARTS.every((name) => Object.hasOwn(parts, name) && typeof parts[name] === 'string')
      ? (parts as ActEvidence)
      : null;
  } catch {
    return null;
  }
}
