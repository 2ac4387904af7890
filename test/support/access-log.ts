import { type AccessEvent, fingerprintOf } from '@/lib/kernel/access';
import { type ActStatement, statementText, termsDigest } from '@/lib/kernel/act';
import type { Entry, Signed } from '@/lib/kernel/grant';
import { personIn } from '@/lib/kernel/log';
import { SoftPasskey } from '@/lib/launch/demo-passkey';
import { primitives } from '@/lib/primitives';
import { acts, CAST, founding, id, request } from './grants';
import { ORIGIN, type Realm } from './soft-passkeys';

/** The provider's log as an auditor's verifier reads it: events about access, with signatures of passkeys in software. Made in memory. */
interface Person {
  user: string;
  passkeyId: string;
  realm: Realm;
  passkey: SoftPasskey;
  publicKey: string;
}

export class AccessLog {
  readonly events: AccessEvent[] = [];
  /** By user; further passkeys of somebody by their own id. */
  private readonly people = new Map<string, Person>();

  /** `now` in Unix seconds: of everything that is written until it is changed. */
  constructor(public now: number) {}

  /** Registers a passkey; `pending` has to be endorsed. A further one of somebody has an id of its own, by which it signs. */
  join(
    user: string,
    {
      realm = 'staff',
      state = 'active',
      passkeyId = `psk_${user.slice(4)}`,
    }: Partial<Person> & { state?: 'active' | 'pending' } = {},
  ): void {
    const passkey = new SoftPasskey();
    const challenge = Buffer.alloc(32).toString('base64url');
    const made = passkey.register(
      { challenge, rp: { name: '' }, user: { id: user, name: user, displayName: user }, pubKeyCredParams: [] },
      ORIGIN[realm],
    );
    const publicKey = coseIn(Buffer.from(made.response.attestationObject, 'base64url')).toString('base64url');
    const person = { user, passkeyId, realm, passkey, publicKey };
    this.people.set(this.people.has(user) ? passkeyId : user, person);
    const credential = fingerprintOf(primitives, publicKey);
    this.says(user, 'passkey.added@1', passkeyId, { deviceBound: true, state, credential });
  }

  /** Has somebody endorse a passkey that waits. */
  endorse(by: string, of: string): void {
    const { passkeyId, publicKey } = this.people.get(of)!;
    const terms = [['Fingerprint', fingerprintOf(primitives, publicKey)]] as const;
    this.signs(by, { action: 'passkey.endorse', object: passkeyId, terms, verdict: 'endorse', role: '' });
    this.says(by, 'passkey.endorsed@1', passkeyId, { credential: fingerprintOf(primitives, publicKey) });
  }

  /** An event of a person, or of a machine where the id is none of theirs. */
  says(
    who: string,
    schema: string,
    objectId: string,
    details: AccessEvent['details'] = {},
    personal = {},
  ): AccessEvent {
    const person = this.people.get(who);
    const event: AccessEvent = {
      ...{
        index: this.events.length,
        at: new Date(this.now * 1000).toISOString(),
        schema,
        objectId,
        details,
        personal,
      },
      actorKind: !person ? 'system' : person.realm === 'staff' ? 'staff' : 'member',
      actor: person ? personIn(primitives, 'provider', person.user) : who,
    };
    this.events.push(event);
    return event;
  }

  /** The confirmation of an act, as lib/identity writes it. */
  signs(who: string, act: Signed['act'], over: Partial<ActStatement> = {}): AccessEvent {
    const { user, passkey, passkeyId, publicKey, realm } = this.people.get(who)!;
    const version = act.verdict === 'confirm' ? '' : `${act.verdict} ${act.role}`.trim();
    const statement = statementText({
      ...{ nonce: Buffer.alloc(32, this.events.length).toString('base64url'), realm, user, session: 'ses_1', version },
      ...{ ...act, issuedAt: this.now, expiresAt: this.now + 300 },
      ...over,
    });
    const challenge = Buffer.from(primitives.sha256(Buffer.from(statement))).toString('base64url');
    const origin = ORIGIN[realm];
    const { response, id } = passkey.authenticate({ challenge, rpId: new URL(origin).hostname }, origin);
    const { authenticatorData, clientDataJSON, signature } = response;
    const evidence = { passkeyId, credentialId: id, publicKey, authenticatorData, clientDataJSON, signature, origin };
    const { action, verdict, object, terms } = act;
    const details = { action, factor: 'passkey', verdict, terms: termsDigest(version, terms, primitives) };
    return this.says(who, 'step-up@2', object, details, { statement, evidence: JSON.stringify(evidence) });
  }
}

/** So many grants, one a second, each signed by whom the committee has designated for it. */
export function grantsSigned(count: number, at = 1_800_000_000): AccessLog {
  const log = new AccessLog(at - 100);
  const { members, customer: _, ...staff } = CAST;
  for (const user of [...members, ...Object.values(staff)]) log.join(user);
  for (const entry of founding(log.now, at + 90 * 86_400)) {
    const { user, act } = (entry as Extract<Entry, { signed: Signed }>).signed;
    log.signs(user, act);
  }
  for (let n = 1; n <= count; n++) {
    log.now = at + n;
    const [grant, terms] = [id('grt', n), request(log.now)];
    log.signs(CAST.asker, acts.ask(grant, terms));
    log.says(CAST.asker, 'grant.requested@1', grant, {});
    for (const [user, role, state] of [
      [CAST.security, 'security', 'pending'],
      [CAST.onCall, 'on-call', 'active'],
    ] as const) {
      log.signs(user, acts.vote(grant, terms, role));
      log.says(user, 'grant.voted@1', grant, { verdict: 'approve', role, minutes: terms.minutes, state });
    }
  }
  return log;
}

/** The COSE key at the end of a registration without attestation. */
const coseIn = (attestation: Buffer): Buffer =>
  attestation.subarray(attestation.indexOf(Buffer.from('a5010203262001', 'hex')));
