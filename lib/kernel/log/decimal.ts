const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;

/** An ASCII decimal without leading zeroes, at most 2^53 - 1; null for anything else. */
export function parseDecimal(text: string): number | null {
  if (!DECIMAL.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}
