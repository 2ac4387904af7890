import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/imports';

/**
 * The table of OWASP ASVS 5.0 in the README of lib/identity says of every requirement of V6, V7 and V8 how it is met and which test shows
 * it. Here the table is held to the standard's own list and to the tests there are.
 */
const README = 'lib/identity/README.md';
const standard = JSON.parse(readFileSync(join(ROOT, 'test/vectors/asvs-5.0.0.json'), 'utf8')) as {
  version: string;
  requirements: { id: string; level: 1 | 2 | 3 }[];
};

/** What no test can show, and why. Everything else names one. */
const WITHOUT_TEST: Record<string, string> = {
  '6.1.1': 'Asks for a document: it is there or not.',
  '6.1.3': 'Asks for a document.',
  '6.4.4': 'Asks how people are identified outside of the system.',
  '7.1.1': 'Asks for a document and its reasons.',
  '7.1.3': 'Asks for a document about federation, of which there is none.',
  '8.1.2': 'Asks for a document.',
  '8.1.3': 'Asks for a document.',
  '8.1.4': 'Asks for a document.',
};

interface Row {
  id: string;
  level: number;
  asks: string;
  met: string;
  tests: string;
}

const section =
  readFileSync(join(ROOT, README), 'utf8')
    .split(/^## /m)
    .find((part) => part.startsWith('OWASP ASVS')) ?? '';
const rows: Row[] = section
  .split('\n')
  .filter((line) => /^\|\s*\d+\.\d+\.\d+\s*\|/.test(line))
  .map((line) => {
    const [id = '', level = '', asks = '', met = '', tests = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { id, level: Number(level), asks, met, tests };
  });
const has = new Map(rows.map((row) => [row.id, row]));

/** A row about something that is not there: nothing to test but its absence. */
const isUnused = ({ met }: Row) => met.startsWith('not used:');

describe('the table of ASVS requirements', () => {
  it('is of the release of the standard that the list is of', () => {
    expect(section.split('\n')[0]).toContain(standard.version);
  });

  it('has every requirement of levels 1 and 2, each once, and none the standard does not have', () => {
    const required = standard.requirements.filter(({ level }) => level < 3).map(({ id }) => id);
    expect(required.filter((id) => !has.has(id))).toEqual([]);
    expect(rows.length).toBe(has.size);
    const levels = new Map(standard.requirements.map(({ id, level }) => [id, level]));
    expect(rows.filter(({ id, level }) => levels.get(id) !== level).map(({ id }) => id)).toEqual([]);
  });

  it('says in each row what is asked, how it is met, and which test shows it', () => {
    const bare = rows.filter((row) => {
      const untestable = Object.hasOwn(WITHOUT_TEST, row.id);
      return row.asks === '' || row.met === '' || (row.tests === '' && !untestable && !isUnused(row));
    });
    expect(bare.map(({ id }) => id)).toEqual([]);
    // Whoever finds a test after all takes the requirement off the list.
    const tested = Object.keys(WITHOUT_TEST).filter((id) => /\.test\.ts|\.journey\.ts/.test(has.get(id)?.tests ?? ''));
    expect(tested).toEqual([]);
  });

  it('names tests that exist, by their file and by their words', () => {
    const missing = rows.flatMap(({ id, tests }) =>
      tests
        .split(/<br>/)
        .map((each) => each.trim())
        .filter(Boolean)
        .flatMap((each) => {
          const [, file = '', title] = /^`([^`]+)`(?: › (.+))?$/.exec(each) ?? [];
          if (!existsSync(join(ROOT, file)) || file === '') return [`${id}: no file ${each}`];
          return title === undefined || titlesOf(file).has(title) ? [] : [`${id}: ${file} has no test "${title}"`];
        }),
    );
    expect(missing).toEqual([]);
  });

  it('names a test file in every row that names anything', () => {
    const other = rows.filter(({ tests }) => tests !== '' && !/\.(?:test|journey|bench)\.ts`/.test(tests));
    expect(other.map(({ id, tests }) => `${id}: ${tests}`)).toEqual([]);
  });
});

describe('what must not be there', () => {
  it('has no hint and no secret question to keep', () => {
    const schema = readFileSync(join(ROOT, 'prisma/schema.prisma'), 'utf8');
    expect(schema).toContain('passwordHash');
    expect(schema.match(/^\s*\w*(?:hint|question|answer|reminder)\w*\s+String/gim)).toBeNull();
  });
});

/** What the tests of a file are called, suites included. */
function titlesOf(file: string): Set<string> {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const calls = text.matchAll(
    /\b(?:it|test|describe)(?:\.\w+)*(?:\([^`'"]*?\)|\(\[[\s\S]*?\]\))?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g,
  );
  return new Set([...calls].map(([, single, double, template]) => single ?? double ?? template ?? ''));
}
