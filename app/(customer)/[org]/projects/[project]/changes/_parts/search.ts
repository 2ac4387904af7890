export type Search = Readonly<Record<string, string | string[] | undefined>>;

/** The first value of a search parameter; an empty one is none. */
export function one(search: Search, name: string): string | undefined {
  const value = search[name];
  const text = Array.isArray(value) ? value[0] : value;
  return text === '' ? undefined : text;
}
