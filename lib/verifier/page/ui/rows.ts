import { HEAD_ROWS, type Row } from '../excerpt';
import { number, plural } from '../words';
import { el, foreign } from './dom';

/** The columns beside the index, by field; the first two are shown on every screen. */
const COLUMNS = [
  ['at', 'Time, UTC'],
  ['schema', 'Event'],
  ['outcome', 'Outcome'],
  ['actor', 'Actor'],
  ['objectId', 'Object'],
] as const;

/** The first events of a pack, as they were verified. */
export function eventRows(rows: readonly Row[], total: number): HTMLElement {
  const count = rows.length < total ? `the first ${number(rows.length)} of ${number(total)}` : plural(total, 'event');
  return el(
    'section',
    { class: 'rows', 'aria-labelledby': 'rows-title' },
    el('h2', { id: 'rows-title' }, 'Events ', el('span', { class: 'count' }, count)),
    rows.length > 0
      ? list(rows)
      : el(
          'p',
          { class: 'empty' },
          total === 0
            ? 'No event of the range meets the filter. That too is shown.'
            : 'The first event is too long to be shown here.',
        ),
    rows.length < total &&
      el(
        'p',
        { class: 'quiet small' },
        `All ${number(total)} were checked; this page shows at most ${HEAD_ROWS}. The others are in the file.`,
      ),
  );
}

/** The lines about a fault. */
export function faultRows(
  rows: readonly Row[],
  fault: { file: string | null; line: number | null; index: number | null },
): HTMLElement | null {
  if (rows.length === 0) return null;
  const fails = (row: Row) => row.file === fault.file && row.line === fault.line;
  const missing = fault.line === null && fault.index !== null ? fault.index : null;
  const at = missing === null ? -1 : rows.findIndex(({ index }) => index !== null && index >= missing);
  return el(
    'section',
    { class: 'rows', 'aria-labelledby': 'rows-title' },
    el(
      'h2',
      { id: 'rows-title' },
      'Where it failed ',
      el('span', { class: 'count' }, 'not verified: what the file says'),
    ),
    list(rows, fails, missing === null ? undefined : { index: missing, at: at < 0 ? rows.length : at }),
  );
}

function list(
  rows: readonly Row[],
  fails: (row: Row) => boolean = () => false,
  gap?: { index: number; at: number },
): HTMLElement {
  const items = rows.map((row) => item(row, fails(row)));
  if (gap) {
    const missing = el('li', { class: 'gap' }, `Nothing stands for index ${number(gap.index)} here.`);
    items.splice(gap.at, 0, missing);
  }
  const heads = ['Index', ...COLUMNS.map(([, name]) => name)].map((name) => el('span', {}, name));
  return el('div', {}, el('div', { class: 'row heads', 'aria-hidden': 'true' }, ...heads), el('ol', {}, ...items));
}

function item(row: Row, fails: boolean): HTMLLIElement {
  const fields = new Map(row.fields ?? []);
  const header = headerOf(fields);
  const cells = COLUMNS.map(([field, name]) => {
    const value = header(field);
    return el(
      'span',
      { class: `cell ${field}`, title: name },
      value === null ? el('span', { class: 'quiet' }, '–') : foreign(value),
    );
  });
  const index = row.index === null ? `line ${number(row.line)}` : number(row.index);
  const summary = el('summary', { class: 'row' }, el('span', { class: 'cell index' }, index), ...cells);
  const details = el('details', {}, summary);
  // Made when it is opened: there may be hundreds, each with dozens of values.
  details.addEventListener(
    'toggle',
    () => void (details.open && details.childElementCount === 1 && details.append(opened(row))),
  );
  if (fails) details.open = true;
  return el('li', { class: fails ? 'fails' : '' }, fails && el('p', { class: 'flag' }, 'This line fails'), details);
}

function opened({ file, line, fields, text }: Row): HTMLElement {
  const values = fields ?? [['the line', text ?? '']];
  return el(
    'div',
    { class: 'opened' },
    el('p', { class: 'small quiet' }, `Line ${number(line)} of `, foreign(file)),
    el(
      'dl',
      { class: 'facts' },
      ...values.map(([name, value]) => el('div', {}, el('dt', {}, foreign(name)), el('dd', {}, foreign(value)))),
    ),
  );
}

/** A header field as text, wherever the event keeps it; null when it is not opened. */
function headerOf(fields: ReadonlyMap<string, string>): (name: string) => string | null {
  const early = parsed(fields.get('header'));
  const inside =
    typeof early === 'object' && early !== null && !Array.isArray(early) ? (early as Record<string, unknown>) : null;
  return (name) => {
    const value = inside ? (Object.hasOwn(inside, name) ? inside[name] : undefined) : parsed(fields.get(name));
    if (value === undefined || value === null) return null;
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
}

/** Values that were cut off are no JSON any more, and then shown as they are. */
function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
