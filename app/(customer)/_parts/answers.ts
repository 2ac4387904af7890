import 'server-only';
import { revalidatePath } from 'next/cache';
import type { z } from 'zod';
import { answerForm, type FormAnswer } from '@/lib/identity';

/** A change of policy that is stored: says so, and has every page read again. */
export function onItsWay(what: string, seq: number): FormAnswer {
  revalidatePath('/', 'layout');
  return { ok: true, message: `${what} Change ${seq} is on its way to the edges.` };
}

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
