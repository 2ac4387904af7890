import { type Answer, openness } from './ask';
import { changed, everyRow, writes } from './unchanged';
import type { Tenant, WalkWorld } from './world';

/** A door and somebody who has no business behind it. */
export interface Question {
  door: string;
  who: string;
  ask: () => Promise<Answer>;
  /** An answer is no fault here, as long as it tells nothing and changes nothing. */
  mayAnswer?: boolean;
  /** Whose private words must not stand in the answer. */
  private: Tenant[];
}

/** Subjects of a tenant of which something stands in an answer. */
export const wordsIn = (body: string, tenant: Tenant): string[] =>
  Object.entries(tenant.words).flatMap(([subject, word]) => (body.includes(word) ? [subject] : []));

/**
 * Asks one after another. Gives what was wrong, with the door and the visitor: that it was not refused, that it told something private,
 * that a row changed, or that the log says it was done.
 */
export async function refusals(world: WalkWorld, questions: readonly Question[]): Promise<string[]> {
  const wrong: string[] = [];
  // The counts first: what is written meanwhile is looked at once more.
  let { written, done } = await writes(world);
  let rows = await everyRow(world);
  for (const { door, who, ask, mayAnswer, private: tenants } of questions) {
    const answer = await ask();
    const said = [
      mayAnswer ? null : openness(answer),
      ...tenants.flatMap((tenant) => wordsIn(answer.body, tenant).map((subject) => `told of ${subject}`)),
    ];
    const now = await writes(world);
    if (now.written !== written) {
      const rowsNow = await everyRow(world);
      said.push(...changed(rows, rowsNow).map((table) => `changed ${table}`));
      rows = rowsNow;
    }
    if (now.done !== done) said.push('was recorded as done');
    ({ written, done } = now);
    wrong.push(...said.filter((text) => text !== null).map((text) => `${door} ← ${who}: ${text}`));
  }
  return wrong;
}
