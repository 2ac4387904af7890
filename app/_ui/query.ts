/** Links that keep the filters of a page: every state of a list has a URL. */
export type Params = Readonly<Record<string, string | readonly string[] | undefined>>;

/** `path` with the current parameters and the changes; null or '' removes one. A change of filters drops the cursor. */
export function withParams(path: string, current: Params, change: Readonly<Record<string, string | null>>): string {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(current)) {
    if (key in change || value === undefined || value === '') continue;
    if (key === 'cursor') continue;
    for (const each of typeof value === 'string' ? [value] : value) out.append(key, each);
  }
  for (const [key, value] of Object.entries(change)) {
    if (value !== null && value !== '') out.set(key, value);
  }
  const text = out.toString();
  return text ? `${path}?${text}` : path;
}

/** The first value of a parameter, trimmed; an empty one is none. */
export function one(params: Params, name: string): string | undefined {
  const value = params[name];
  return (typeof value === 'string' ? value : value?.[0])?.trim() || undefined;
}
