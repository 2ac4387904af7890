/** An act that wants to be confirmed, in the server's own words; see lib/platform. */
export interface Ask {
  readonly action: string;
  readonly object: string;
  readonly version: string;
  readonly terms: readonly (readonly [name: string, value: string])[];
  readonly verdict?: 'confirm' | 'approve' | 'deny';
  readonly role?: string;
}

/** What every server action of a form returns; the browser-safe half of a result. */
export interface FormState {
  ok?: boolean;
  /** One sentence: what happened, what it means, what to do. */
  message?: string;
  /** Stable dotted code of the refusal. */
  code?: string;
  /** Error per field name. */
  fields?: Record<string, string>;
  /** Nothing was done yet: this has to be confirmed first. */
  ask?: Ask;
}

export type FormAction<S extends FormState = FormState> = (previous: S, data: FormData) => Promise<S>;
