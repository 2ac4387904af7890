import {
  accountOf,
  mayStart,
  OPEN_SECONDS,
  type Opening,
  principalOf,
  type Request,
  standingOf,
} from '@/lib/kernel/grant';
import { DEFAULT_EXTENSIONS, fingerprint, parsePublicKey } from '@/lib/kernel/ssh';
import { primitives } from '@/lib/primitives';
import type { Context } from '../context';
import type { Input, Output } from '../protocol';
import { Refusal } from '../refusal';
import { randomSerial, signUserCertificate } from '../ssh';

/**
 * The two hops into production: an employee to the gateway, the gateway to the host. Each begins only on a session that its person confirmed with
 * a passkey, while their grant runs. What follows after it began is for gateway and host to end.
 */
const EMPLOYEE_SECONDS = 120;
const PRODUCTION_SECONDS = 60;
/** Clocks of other machines may be behind ours. */
const BACKDATE_SECONDS = 60;
const WEB_TERMINAL = 'web terminal';

/** Throws `grant.unknown`, `grant.not_active`, and `grant.other_terms` for a key or an address that was not confirmed. */
export function employeeCertificate(
  context: Context,
  { session, publicKey, address }: Input<'ssh.employeeCertificate'>,
): Output<'ssh.employeeCertificate'> {
  const { keys, now } = context;
  const seconds = Math.floor(now() / 1000);
  const { opening, person } = openingOf(context, session, seconds);
  const key = keyOf(publicKey);
  const isConfirmed = opening.through === `key ${fingerprint(primitives, key)}`;
  const from = opening.address ?? address;
  if (!isConfirmed || (address !== null && address !== from)) throw new Refusal('grant.other_terms');
  const validBefore = Math.min(seconds + EMPLOYEE_SECONDS, opening.at + OPEN_SECONDS);
  const certificate = signUserCertificate(keys, 'gateway', {
    publicKey: key,
    serial: randomSerial(),
    keyId: `session=${session};user=${person}`,
    principals: [session],
    validAfter: seconds - BACKDATE_SECONDS,
    validBefore,
    forceCommand: null,
    sourceAddresses: from === null ? [] : [from],
    extensions: DEFAULT_EXTENSIONS,
  });
  return { certificate, validBefore };
}

/** Throws `grant.unknown`, `grant.not_active`, `grant.other_terms` where it was confirmed for a key, and `grant.exists` the second time. */
export function terminalTicket(
  context: Context,
  { session }: Input<'ssh.terminalTicket'>,
): Output<'ssh.terminalTicket'> {
  const seconds = Math.floor(context.now() / 1000);
  const { opening } = openingOf(context, session, seconds);
  if (opening.through !== WEB_TERMINAL) throw new Refusal('grant.other_terms');
  const ticket = context.terminalTickets.issue(session, opening.at + OPEN_SECONDS, seconds);
  if (ticket === null) throw new Refusal('grant.exists');
  return { ticket };
}

/** Throws `grant.unknown`, `grant.not_active`, `ticket.refused`, and `grant.target` where there is no host to enter. */
export async function productionCertificate(
  context: Context,
  { session, publicKey, sourceAddress, ticket }: Input<'ssh.productionCertificate'>,
): Promise<Output<'ssh.productionCertificate'>> {
  const { grants, keys, now, terminalTickets } = context;
  const seconds = Math.floor(now() / 1000);
  const { opening, request, person } = openingOf(context, session, seconds);
  const key = keyOf(publicKey);
  const isTerminal = opening.through === WEB_TERMINAL;
  if (isTerminal ? !terminalTickets.holds(session, ticket ?? '') : ticket !== null) throw new Refusal('ticket.refused');
  if (!opening.target.startsWith('host:')) throw new Refusal('grant.target');
  const { command, files } = request.terms;
  const { deadline } = standingOf(request, seconds);
  const serial = randomSerial();
  const keyId = `grant=${request.id};session=${session};user=${person}`;
  const principal = principalOf(request.id);
  const certificate = signUserCertificate(keys, 'production', {
    publicKey: key,
    serial,
    keyId,
    principals: [principal],
    validAfter: seconds - BACKDATE_SECONDS,
    validBefore: Math.min(seconds + PRODUCTION_SECONDS, deadline!),
    forceCommand: command,
    sourceAddresses: [sourceAddress],
    extensions: command === null ? DEFAULT_EXTENSIONS : [],
  });
  // From the look at the ledger to here nothing has waited: of two that ask at once, one begins.
  await grants.enter({ start: { session, at: seconds } });
  return {
    ...{ certificate, grant: request.id, target: opening.target, person, account: accountOf(request.id), principal },
    ...{ command, files, deadline: deadline!, serial: serial.toString(), keyId },
  };
}

function openingOf(
  { grants: { ledger } }: Context,
  session: string,
  seconds: number,
): { opening: Opening; request: Request; person: string } {
  const opening = mayStart(ledger, session, seconds);
  if (typeof opening === 'string') throw new Refusal(opening);
  const request = ledger.requests.get(opening.request)!;
  return { opening, request, person: request.terms.person };
}

function keyOf(line: string): Uint8Array {
  const key = parsePublicKey(line);
  if (!key) throw new Refusal('request.invalid');
  return key.publicKey;
}
