/** What every server action of a form returns; the browser-safe half of a result. */
export interface FormState {
  ok?: boolean;
  /** One sentence: what happened, what it means, what to do. */
  message?: string;
  /** Stable dotted code of the refusal. */
  code?: string;
  /** Error per field name. */
  fields?: Record<string, string>;
}

export type FormAction<S extends FormState = FormState> = (previous: S, data: FormData) => Promise<S>;
