import { randomUUID } from 'node:crypto';
import type { Input, Output } from '@/lib/keyring';
import type { Operation } from '@/lib/keyring/protocol';
import { SoftPasskey, type SoftPasskeyChoices } from '@/lib/launch/demo-passkey';

/** People with passkeys as the keyring sees them: through its operations, over whatever `call` reaches it by. */
export type Call = <O extends Operation>(operation: O, input: Input<O>) => Promise<Output<O>>;

export const ORIGIN = { customer: 'http://localhost:3000', staff: 'http://staff.localhost:3000' } as const;
export type Realm = keyof typeof ORIGIN;

export interface Holder {
  passkeyId: string;
  userId: string;
  sessionId: string;
  realm: Realm;
  passkey: SoftPasskey;
  registered: Output<'passkey.register'>;
}

const rpId = (realm: Realm) => new URL(ORIGIN[realm]).hostname;
const handle = (userId: string) => Buffer.from(userId).toString('base64url');

/** What the console asks of the keyring for an act of this person. */
export const asks = (
  of: Pick<Holder, 'userId' | 'sessionId' | 'realm'>,
  over: Partial<Input<'act.challenge'>> = {},
): Input<'act.challenge'> => ({
  realm: of.realm,
  userId: of.userId,
  sessionId: of.sessionId,
  action: 'fence.apply',
  object: 'prj_1',
  version: '3',
  terms: [['Regions', 'EU, NA']],
  verdict: 'confirm',
  role: 'owner',
  ...over,
});

/** The body of `passkey.register`, for a passkey that answers in a browser on `origin`. */
export async function registration(
  call: Call,
  of: Pick<Holder, 'passkeyId' | 'userId' | 'sessionId' | 'realm'>,
  passkey: SoftPasskey,
  over: { challenge?: Partial<Input<'act.challenge'>>; origin?: string; rpId?: string } = {},
): Promise<Input<'passkey.register'>> {
  const { challenge, ...made } = await call(
    'act.challenge',
    asks(of, {
      action: 'passkey.register',
      object: of.passkeyId,
      version: '',
      terms: [],
      ...over.challenge,
    }),
  );
  const attestation = passkey.register(
    {
      challenge,
      rp: { name: 'Cordon', id: over.rpId ?? rpId(of.realm) },
      user: { id: handle(of.userId), name: of.userId, displayName: of.userId },
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    },
    over.origin ?? ORIGIN[of.realm],
  );
  const { passkeyId, userId, sessionId, realm } = of;
  return { ...made, attestation, passkeyId, userId, sessionId, realm };
}

/** Somebody with a registered passkey. */
export async function enrol(
  call: Call,
  of: { passkeyId?: string; userId?: string; sessionId?: string; realm?: Realm; choices?: SoftPasskeyChoices } = {},
  origin?: string,
): Promise<Holder> {
  const person = {
    passkeyId: of.passkeyId ?? `psk_${randomUUID()}`,
    userId: of.userId ?? `usr_${randomUUID()}`,
    sessionId: of.sessionId ?? `ses_${randomUUID()}`,
    realm: of.realm ?? 'customer',
  };
  const passkey = new SoftPasskey(of.choices);
  const registered = await call(
    'passkey.register',
    await registration(call, person, passkey, origin ? { origin, rpId: new URL(origin).hostname } : {}),
  );
  return { ...person, passkey, registered };
}

/** The body of `act.verify`: the act is asked for, and the passkey signs it in a browser on `origin`. */
export async function signed(
  call: Call,
  of: Holder,
  over: {
    act?: Partial<Input<'act.challenge'>>;
    origin?: string;
    rpId?: string;
    sessionId?: string;
    counter?: number;
    challenge?: string;
  } = {},
): Promise<Input<'act.verify'>> {
  const { challenge, ...made } = await call('act.challenge', asks(of, over.act));
  const assertion = of.passkey.authenticate(
    { challenge: over.challenge ?? challenge, rpId: over.rpId ?? rpId(of.realm) },
    over.origin ?? ORIGIN[of.realm],
  );
  return { ...made, assertion, sessionId: over.sessionId ?? of.sessionId, counter: over.counter ?? 0 };
}
