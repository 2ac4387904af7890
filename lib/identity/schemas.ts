import { z } from 'zod';

/**
 * The shapes identity accepts from forms, with their limits. Safe for browsers. Whether a password is good enough is
 * decided by passwords.ts on the server; here it is only bounded.
 */
export const email = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@<>()[\],;:"\\]{1,64}@[^\s@<>()[\],;:"\\]{1,190}$/, 'An address such as name@example.com.')
  .transform((text) => text.toLowerCase());
/** Line breaks and control characters would let a name pretend to be something else in a list or a mail. */
export const personName = z
  .string()
  .trim()
  .min(1, 'A name is needed.')
  .max(120)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u, 'Letters, digits, spaces and punctuation only.');
const password = z.string().min(1).max(1024);
export const totpCode = z
  .string()
  .max(16)
  .transform((text) => text.replace(/[\s-]/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'Six digits.'));
export const linkSecret = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const signInForm = z.object({ email, password, callbackUrl: z.string().max(512).optional() });
export const codeForm = z.object({ code: totpCode, callbackUrl: z.string().max(512).optional() });
/** One code, or two where the account has a passkey or belongs to staff. */
export const recoveryForm = z.object({ code: z.string().min(1).max(64), second: z.string().max(64).optional() });
export const newAccountForm = z.object({ name: personName, password });
export const renameForm = z.object({ name: personName });
/** The repetition guards against a slip; what a password must be, passwords.ts says. */
export const newPasswordForm = z
  .object({ password, again: password })
  .refine(({ password, again }) => password === again, { path: ['again'], message: 'The two are not the same.' });
/** The present one is asked for as well: an open page is not enough to take an account over. */
export const changePasswordForm = z
  .object({ current: password, password, again: password })
  .refine(({ password, again }) => password === again, { path: ['again'], message: 'The two are not the same.' });
export const forgotForm = z.object({ email });
export const endSessionForm = z.object({ sessionId: z.string().max(64) });
export const setupForm = z.object({ email, name: personName, password });
/** What a step-up is for, as the refused act said it: action, id of what it acts upon, and the terms. */
export const stepUpAsk = z.object({
  action: z.string().regex(/^[a-z][a-z_.-]{1,63}$/),
  object: z.string().regex(/^[A-Za-z0-9_.:/-]{1,128}$/),
  version: z.string().max(64),
  terms: z.array(z.tuple([z.string().max(64), z.string().max(1024)])).max(32),
  verdict: z.enum(['confirm', 'approve', 'deny']).optional(),
  role: z
    .string()
    .regex(/^[a-z_ 0-9-]{1,64}$/)
    .optional(),
});
export const stepUpForm = stepUpAsk.extend({ code: totpCode });

// ---- what a browser's authenticator answers with (WebAuthn's JSON forms, as far as they are read)

const base64url = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);
/** The statement a passkey is to sign, as the keyring made it, goes to the browser and back. */
const statement = { statement: z.string().max(16_384), mac: base64url(64) };
const clientDataJSON = base64url(2048);
/** Bounded so that it fits into the evidence of an audit event. */
export const signed = z.object({
  ...statement,
  response: z.object({
    id: base64url(1400),
    response: z.object({
      clientDataJSON,
      authenticatorData: base64url(1024),
      signature: base64url(1024),
      userHandle: base64url(128).nullish(),
    }),
  }),
});
export type Signed = z.output<typeof signed>;
export const passkeyName = z
  .string()
  .trim()
  .min(1, 'A name is needed.')
  .max(60)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u, 'Letters, digits, spaces and punctuation only.');
export const enrolledPasskey = z.object({
  ...statement,
  passkeyId: z.string().regex(/^psk_[0-9a-f]{32}$/),
  name: passkeyName,
  response: z.object({
    id: base64url(1400),
    response: z.object({
      clientDataJSON,
      attestationObject: base64url(16_384),
      transports: z.array(z.string().max(32)).max(8).nullish(),
    }),
  }),
});
export type EnrolledPasskey = z.output<typeof enrolledPasskey>;
export const renamePasskeyForm = z.object({ passkeyId: z.string().max(64), name: passkeyName });
/** A ticked box sends `on`, an unticked one nothing. */
export const removePasskeyForm = z.object({
  passkeyId: z.string().max(64),
  endOthers: z.literal('on').optional(),
});

/** A form that is only a button. */
export const noFields = z.object({});
