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
export const recoveryForm = z.object({ code: z.string().min(1).max(64) });
export const newAccountForm = z.object({ name: personName, password });
export const renameForm = z.object({ name: personName });
/** The repetition guards against a slip; what a password must be, passwords.ts says. */
export const newPasswordForm = z
  .object({ password, again: password })
  .refine(({ password, again }) => password === again, { path: ['again'], message: 'The two are not the same.' });
export const endSessionForm = z.object({ sessionId: z.string().max(64) });
export const setupForm = z.object({ email, name: personName, password });
/** What a step-up is for: the guarded action and the id of what it acts upon. */
export const stepUpPurpose = z.object({
  action: z.string().regex(/^[a-z][a-z_.-]{1,63}$/),
  object: z.string().regex(/^[A-Za-z0-9_.:/-]{1,128}$/),
});
export const stepUpForm = stepUpPurpose.extend({ code: totpCode });

/** A form that is only a button. */
export const noFields = z.object({});
