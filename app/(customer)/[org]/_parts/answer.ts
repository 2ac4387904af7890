import 'server-only';
import type { z } from 'zod';
import type { Principal } from '@/lib/authz';
import { answerForm, type FormAnswer } from '@/lib/identity';

/** Whose organisation a form is about. The guard and the database check that the caller belongs to it. */
export const organisationOf = (_previous: unknown, form: FormData): string => String(form.get('organisationId') ?? '');

/** A member as the use cases want the caller. */
export const callerOf = ({ secret, organisationId }: Extract<Principal, { kind: 'member' }>) => ({
  kind: 'member' as const,
  secret,
  organisationId,
});

/** `answerForm` for acts whose success carries something to show once; only the answer of the act ever holds it. */
export async function answerWith<S extends z.ZodType, M>(
  schema: S,
  form: FormData,
  work: (fields: z.output<S>) => Promise<{ message?: string; made: M }>,
): Promise<FormAnswer & { made?: M }> {
  const got: M[] = [];
  const answer = await answerForm(schema, form, async (fields) => {
    const { made, message } = await work(fields);
    got.push(made);
    return message === undefined ? { ok: true } : { ok: true, message };
  });
  const made = got[0];
  return made === undefined ? answer : { ...answer, made };
}
