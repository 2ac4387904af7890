/**
 * The table: one line per row, hairlines, no zebra. Rendered on the server; keyboard and row menus are a small
 * enhancement around it. First column is the name. Columns with `hide` leave below 768 px, the table never
 * scrolls sideways.
 */
import clsx from 'clsx';
import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';
import type { MenuItem } from './menu';
import { RowMenu } from './row-menu';
import styles from './table.module.css';
import { TableKeys } from './table-keys';

export interface Column<R> {
  id: string;
  head: ReactNode;
  cell: (row: R) => ReactNode;
  align?: 'num' | 'center';
  /** Leaves below 768 px. */
  hide?: boolean;
  /** Takes the room that is left and ends in an ellipsis. */
  grow?: boolean;
  /** Content 3 instead of 2. */
  quiet?: boolean;
  /** Content 1; the first column has it anyway. */
  strong?: boolean;
  /** A number before the name: narrow, mono, not the link. */
  index?: boolean;
  /** The row's link when it is not the first cell: what happened, behind the time. */
  link?: boolean;
  /** As narrow as its content. */
  tight?: boolean;
  /** Wraps below 768 px instead of cutting. */
  wrap?: boolean;
  sort?: { href: string; direction?: 'ascending' | 'descending' };
}

export interface TableProps<R> {
  /** Names the table for assistive technology. */
  label: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  /** Row height: map 32, log 36, row 44, tall 56. */
  density?: 'map' | 'log' | 'row' | 'tall';
  /** Edge to edge: takes the page's gutters as cell padding. `start`: beside a ruled aside, only on the left. */
  edge?: boolean | 'start';
  /** Where Enter and a click lead; makes the first cell a link. */
  href?: (row: R) => string | undefined;
  tone?: (row: R) => 'motion' | 'gap' | 'fail' | undefined;
  /** The row opened in a side panel. */
  selected?: (row: R) => boolean;
  menu?: (row: R) => readonly MenuItem[];
  /** The ID that "Copy ID" of the row menu copies; default the row key. */
  rowId?: (row: R) => string;
  /** A heading row whenever the value changes: the day. */
  group?: (row: R) => string | undefined;
  empty?: ReactNode;
  foot?: ReactNode;
}

const nothing = () => undefined;

export function Table<R>(props: TableProps<R>) {
  const { label, columns, rows, rowKey, density = 'log', edge, menu, group = nothing, empty, foot } = props;
  if (rows.length === 0 && empty) return <>{empty}</>;
  let last: string | undefined;
  return (
    <TableKeys>
      <div className={clsx(edge === true && styles.edge, edge === 'start' && styles.start)}>
        <table className={clsx(styles.table, styles[density])} aria-label={label}>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.id} column={column} />
              ))}
              {menu ? (
                <th scope="col" className={clsx(styles.menu, 'no-print')}>
                  <span className="sr">Acts</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const heading = group(row);
              const starts = heading !== undefined && heading !== last;
              last = heading;
              return (
                <Fragment key={rowKey(row)}>
                  {starts ? (
                    <tr className={styles.day}>
                      <th scope="rowgroup" colSpan={columns.length + (menu ? 1 : 0)}>
                        {heading}
                      </th>
                    </tr>
                  ) : null}
                  <TableRow row={row} {...props} />
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
      {foot}
    </TableKeys>
  );
}

const cellClass = <R,>(column: Column<R>) =>
  clsx(
    column.align && styles[column.align],
    column.hide && 'only-wide',
    column.grow && styles.grow,
    column.quiet && styles.quiet,
    column.strong && styles.strong,
    column.tight && styles.tight,
    column.index && styles.index,
    column.wrap && styles.wrap,
  );

function Head<R>({ column }: { column: Column<R> }) {
  const { sort } = column;
  return (
    <th scope="col" className={cellClass({ ...column, grow: false })} aria-sort={sort?.direction}>
      {sort ? (
        <Link href={sort.href} scroll={false} className={styles.sort}>
          {column.head}
          {sort.direction ? <span aria-hidden>{sort.direction === 'ascending' ? '↑' : '↓'}</span> : null}
        </Link>
      ) : (
        column.head
      )}
    </th>
  );
}

function TableRow<R>({
  row,
  columns,
  rowKey,
  href = nothing,
  tone = nothing,
  selected,
  menu,
  rowId = rowKey,
}: TableProps<R> & { row: R }) {
  const to = href(row);
  const is = tone(row);
  const on = selected?.(row);
  const name = columns.find((column) => column.link) ?? columns.find((column) => !column.index);
  return (
    <tr
      data-row=""
      tabIndex={-1}
      className={clsx(is && styles[is], on && styles.selected, to && styles.opens)}
      aria-current={on ? 'true' : undefined}
    >
      {columns.map((column) => {
        const content = column.cell(row);
        const names = column === name;
        return (
          <td key={column.id} className={clsx(cellClass(column), names && styles.name)}>
            {names && to ? (
              <Link
                href={to}
                data-row-link=""
                className={styles.link}
                // A row that opens beside the table is this very page: nothing to fetch ahead, nowhere to scroll.
                prefetch={on === undefined ? undefined : false}
                scroll={on === undefined}
              >
                {content}
              </Link>
            ) : (
              content
            )}
          </td>
        );
      })}
      {menu ? (
        <td className={clsx(styles.menu, 'no-print')}>
          <RowMenu items={menu(row)} id={rowId(row)} />
        </td>
      ) : null}
    </tr>
  );
}

/** A name with a quiet second part; the second part goes below it on narrow screens. */
export function NameCell({ name, more, under }: { name: ReactNode; more?: ReactNode; under?: ReactNode }) {
  return (
    <span className={styles.nameCell} dir="auto">
      <span className={styles.first}>{name}</span>
      {more ? <span className={clsx(styles.more, 'only-wide')}>{more}</span> : null}
      {under ? <span className={clsx(styles.under, 'only-narrow')}>{under}</span> : null}
    </span>
  );
}
