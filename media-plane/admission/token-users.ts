/**
 * The names under which wildcard-user tokens were used here. A revoked user who holds such a token must not come back
 * under another name, so `decide` asks for every name the token was used with. Bounded: beyond the limits the least
 * recently used tokens, and the oldest names of one token, are forgotten first.
 */
const MAX_NAMES = 200_000;
const MAX_NAMES_OF_ONE = 20_000;

export class TokenUsers {
  readonly #names = new Map<string, Set<string>>();
  #count = 0;

  add(tokenId: string, account: string): void {
    const names = this.#names.get(tokenId) ?? new Set<string>();
    // Taken out and put back: the order of a map and of a set is the order of use.
    this.#names.delete(tokenId);
    this.#names.set(tokenId, names);
    if (!names.delete(account)) this.#count++;
    names.add(account);
    if (names.size > MAX_NAMES_OF_ONE) {
      const [oldest] = names;
      if (oldest !== undefined && names.delete(oldest)) this.#count--;
    }
    while (this.#count > MAX_NAMES) {
      const [oldest] = this.#names;
      if (!oldest) return;
      this.#names.delete(oldest[0]);
      this.#count -= oldest[1].size;
    }
  }

  of(tokenId: string): Iterable<string> {
    return this.#names.get(tokenId) ?? [];
  }
}
