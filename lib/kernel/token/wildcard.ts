const STAR = 42;

/** Whether a channel or user field of a token stands for more than one: blank, `*`, or a pattern such as `1*a*2`. */
export function isWildcard(field: string): boolean {
  return field === '' || field.includes('*');
}

/**
 * Whether a field of a token covers a name. `*` stands for any run of characters, also none; a blank field covers all.
 * Greedy with one point to return to: at most field × name steps, and both are short. No regular expression is ever
 * made from hostile text.
 */
export function covers(field: string, name: string): boolean {
  if (field === name || field === '' || field === '*') return true;
  if (!field.includes('*')) return false;
  let f = 0;
  let n = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (n < name.length) {
    const code = field.charCodeAt(f);
    if (code === STAR) {
      starAt = f++;
      resumeAt = n;
    } else if (code === name.charCodeAt(n)) {
      f++;
      n++;
    } else if (starAt >= 0) {
      f = starAt + 1;
      n = ++resumeAt;
    } else {
      return false;
    }
  }
  while (field.charCodeAt(f) === STAR) f++;
  return f === field.length;
}
