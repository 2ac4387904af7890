import { generateSecret, generateURI, verifySync } from 'otplib';
import type { Context } from '../context';
import { proof } from '../proof';
import type { Input, Output, Purpose } from '../protocol';
import { Refusal } from '../refusal';
import { context as fields, seal, totpContext, unseal } from '../seal';

/** A code is good in its own step and no longer: OWASP ASVS 5.0 6.5.5 gives it 30 s. RFC 6238 section 5.2 would allow a step more. */
const TOLERANCE_SECONDS = 0;
const STEPS_REMEMBERED = 100_000;

export function enrolTotp({ keys }: Context, input: Input<'totp.enrol'>): Output<'totp.enrol'> {
  const [key] = keys.totpKeys;
  if (!key) throw new Refusal('internal');
  const secret = generateSecret();
  return {
    sealed: seal(key, Buffer.from(secret), totpContext(input)),
    secret,
    uri: generateURI({ issuer: input.issuer, label: input.label, secret }),
  };
}

/**
 * Verifies a code (RFC 6238, SHA-1, 6 digits, 30 s). A code is good once: not at or before `lastStep`, nor before a step this
 * process has accepted. Wrong, malformed and replayed codes are all `valid: false` and count as failures.
 */
export function verifyTotp(context: Context, input: Input<'totp.verify'>): Output<'totp.verify'> {
  const now = context.now();
  if (input.purpose.userId !== input.userId) throw new Refusal('request.invalid');
  if (context.totpFailures.refused(input.factorId, now)) throw new Refusal('totp.throttled');
  const secret = unseal(context.keys.totpKeys, input.sealed, totpContext(input)).toString('latin1');
  const issuedAt = Math.floor(now / 1000);
  const lastStep = Math.max(input.lastStep, context.totpSteps.get(input.factorId) ?? 0);
  const timeStep = acceptedStep(secret, input.code, issuedAt, lastStep);
  if (timeStep === null) {
    context.totpFailures.fail(input.factorId, now);
    return { valid: false };
  }
  context.totpFailures.clear(input.factorId);
  remember(context.totpSteps, input.factorId, timeStep);
  return {
    valid: true,
    timeStep,
    issuedAt,
    proof: proof(context, proofText(input.purpose, input.factorId, timeStep, issuedAt)),
    ticket: context.tickets.issue(input.purpose, '', now),
  };
}

/** What the database recomputes before it raises a session or records a step-up. `issuedAt` in Unix seconds. */
export function proofText(
  { sessionId, userId, action, object, terms }: Purpose,
  factorId: string,
  timeStep: number,
  issuedAt: number,
): string {
  const common = [sessionId, userId, factorId, String(timeStep), String(issuedAt)];
  return action === 'sign-in' ? fields('raise', ...common) : fields('stepup', ...common, action, object, terms);
}

function acceptedStep(secret: string, code: string, epoch: number, lastStep: number): number | null {
  if (!/^[0-9]{6}$/.test(code)) return null;
  try {
    const result = verifySync({
      secret,
      token: code,
      epoch,
      epochTolerance: TOLERANCE_SECONDS,
      afterTimeStep: lastStep,
    });
    return result.valid && 'timeStep' in result ? result.timeStep : null;
  } catch {
    // otplib throws on a last step that lies in the future: nothing can be after it.
    return null;
  }
}

function remember(steps: Map<string, number>, factorId: string, timeStep: number): void {
  steps.delete(factorId);
  steps.set(factorId, timeStep);
  const oldest = steps.keys().next();
  if (steps.size > STEPS_REMEMBERED && !oldest.done) steps.delete(oldest.value);
}
