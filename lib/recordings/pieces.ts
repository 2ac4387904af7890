/** Bytes of a record as they came: pieces may repeat or overlap what is here, and one that is missing leaves a hole. */
export interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * The bytes from `from` on, in order and without a hole: what is behind one is not told. `read` answers pieces in order, from the first that reaches
 * beyond a byte; none at the end.
 */
export async function* contiguous(
  read: (from: number) => Promise<readonly Piece[]>,
  from = 0,
): AsyncGenerator<Uint8Array> {
  for (let at = from, before = -1; at > before; ) {
    before = at;
    for (const { offset, bytes } of await read(at)) {
      if (offset > at) return;
      const fresh = bytes.subarray(at - offset);
      if (fresh.length === 0) continue;
      at += fresh.length;
      yield fresh;
    }
  }
}
