/** Acts down, roles across, a glyph in each cell. The head stays in sight; on paper the cells carry letters as well. */
import clsx from 'clsx';
import { Fragment } from 'react';
import { Glyph } from '@/app/_ui/glyph';
import { Icon } from '@/app/_ui/icon';
import { Mono } from '@/app/_ui/text';
import type { Cell, MatrixRow } from './matrix';
import { actionName, type KEY_ACTS, subjectName } from './matrix';
import styles from './rights.module.css';

const WORDS: Readonly<Record<Cell, string>> = { all: 'allowed', some: 'allowed for some', none: 'not allowed' };

export function RightsTable({
  label,
  roles,
  rows,
}: {
  label: string;
  roles: readonly string[];
  rows: readonly MatrixRow[];
}) {
  return (
    <table className={styles.rights} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Act</th>
          {roles.map((role) => (
            <th key={role} scope="col" className={styles.role}>
              <span>{role}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <Fragment key={`${row.subject} ${row.action}`}>
            {rows[i - 1]?.subject === row.subject ? null : (
              <SubjectRow name={subjectName(row.subject)} span={roles.length + 1} />
            )}
            <tr>
              <th scope="row">
                {actionName(row.action)}
                {row.stepUp ? <StepUpMark /> : null}
              </th>
              {roles.map((role) => (
                <td key={role} className={styles.cell}>
                  <RightGlyph cell={row.cells[role] ?? 'none'} />
                </td>
              ))}
            </tr>
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

export function KeyTable({ label, rows }: { label: string; rows: typeof KEY_ACTS }) {
  return (
    <table className={styles.rights} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Act</th>
          <th scope="col">Scope a key needs</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <Fragment key={`${row.subject} ${row.action}`}>
            {rows[i - 1]?.subject === row.subject ? null : <SubjectRow name={subjectName(row.subject)} span={2} />}
            <tr>
              <th scope="row">{actionName(row.action)}</th>
              <td>
                {row.scopes.map((scope, n) => (
                  <Fragment key={scope}>
                    {n > 0 ? <span className="quiet"> or </span> : null}
                    <Mono>{scope}</Mono>
                  </Fragment>
                ))}
              </td>
            </tr>
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

const SubjectRow = ({ name, span }: { name: string; span: number }) => (
  <tr className={styles.subject}>
    <th scope="colgroup" colSpan={span}>
      {name}
    </th>
  </tr>
);

/** Beside an act that asks to be confirmed at the moment it is done. */
export const StepUpMark = () => (
  <span className={styles.code}>
    <Icon name="passkey" size={14} />
    confirmed
  </span>
);

export function RightGlyph({ cell }: { cell: Cell }) {
  if (cell === 'none') {
    return (
      <span className={styles.none}>
        <span aria-hidden>·</span>
        <span className="sr">{WORDS.none}</span>
      </span>
    );
  }
  return <Glyph state={cell === 'all' ? 'enforced' : 'waiting'} label={WORDS[cell]} />;
}

export function Legend() {
  return (
    <ul className={clsx(styles.legend, 'small')} aria-label="Legend">
      <li>
        <RightGlyph cell="all" /> allowed
      </li>
      <li>
        <RightGlyph cell="some" /> allowed, but not on owners
      </li>
      <li>
        <span className={styles.none} aria-hidden>
          ·
        </span>{' '}
        not allowed
      </li>
      <li>
        <StepUpMark /> in its exact terms, with a passkey or (customers) a code, at the moment of the act
      </li>
    </ul>
  );
}
