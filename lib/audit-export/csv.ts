/** Lines of CSV (RFC 4180) that a spreadsheet shows and does not run. */

/** What makes a spreadsheet take a cell for a formula, or lets one begin after it. */
const FORMULA = /^[=+\-@\t\r\n]/;
const QUOTED = /[",\r\n]/;

/** A cell that would be a formula begins with an apostrophe instead; the other formats hold the value as it is. */
export function csvCell(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;
