import type { Ask, FormAction } from '@/app/_ui/form-state';

/** Shows what is asked and has it confirmed; false when the person gives up. `changed`: something else was confirmed just before. */
export type Confirm = (ask: Ask, changed: boolean) => Promise<boolean>;

/**
 * The action with its confirmation in front: as long as the server answers with what it wants confirmed, that is put to the person and the same
 * form is sent again. Given up, the form is left as it was.
 */
export const stepped =
  (run: FormAction, confirm: Confirm): FormAction =>
  async (previous, data) => {
    let answer = await run(previous, data);
    for (let changed = false; answer.ask; changed = true) {
      if (!(await confirm(answer.ask, changed))) return {};
      answer = await run(previous, data);
    }
    return answer;
  };
