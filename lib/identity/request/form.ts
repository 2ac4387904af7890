import type { z } from 'zod';
import { isCordonError, toFormRefusal } from '@/lib/platform';

/** What a form's action answers: words for the form, errors per field. Structurally the design system's form state. */
export interface FormAnswer {
  ok?: boolean;
  message?: string;
  code?: string;
  fields?: Record<string, string>;
}

/**
 * Runs a form's work on its checked fields. Refusals become an answer for the form; everything else, redirects
 * included, goes on to whoever called.
 */
export async function answerForm<S extends z.ZodType, A extends FormAnswer>(
  schema: S,
  form: FormData,
  work: (fields: z.output<S>) => Promise<A>,
): Promise<A | FormAnswer> {
  const parsed = schema.safeParse(Object.fromEntries(form));
  if (!parsed.success) {
    const fields: Record<string, string> = {};
    for (const issue of parsed.error.issues) fields[String(issue.path[0] ?? '')] ??= issue.message;
    return { code: 'identity.input', fields };
  }
  try {
    return await work(parsed.data);
  } catch (error) {
    if (!isCordonError(error)) throw error;
    return toFormRefusal(error);
  }
}
