import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENTS, isEventSchema } from '@/lib/audit';
import { ROOT, sourceFiles } from '../support/imports';

/**
 * Nothing that acts does so without saying which events it writes, or why it writes none (audit-coverage.txt). A new door, command, job or message of
 * an edge fails here until it has its line. That the events are really written, the walk (test/walk/actions.test.ts) and each capability's
 * own tests show.
 */
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const sources = sourceFiles(['app', 'lib']);

interface Line {
  section: string;
  id: string;
  events: string[];
  /** Why there are none. */
  why: string;
}
let section = '';
const lines = read('test/architecture/audit-coverage.txt')
  .split('\n')
  .flatMap((text): Line[] => {
    if (text.startsWith('# ')) section = text.slice(2).split(':')[0]!;
    const [, id, says] = /^(?!#)(.+?) {2}(.+)$/.exec(text) ?? [];
    if (!id || !says) return [];
    const why = /^none: (.*)$/.exec(says)?.[1] ?? '';
    return [{ section, id, why, events: why ? [] : says.split(' ') }];
  });
const inSection = (name: string) => lines.filter((line) => line.section === name).map(({ id }) => id);

describe('every act', () => {
  it('at a door says what it records', () => {
    const doors = read('test/architecture/doors.txt')
      .trim()
      .split('\n')
      .map((line) => line.split('  ')[0]!);
    expect(inSection('doors').sort()).toEqual(doors.sort());
  });

  it('of reading at a page of an audit log, or of a screen record, says what it records', () => {
    const pages = sources.filter(
      (file) =>
        /page\.tsx$/.test(file) &&
        /\b(?:readAuditLog|readProviderLog|listExports|listProviderExports|openRecording|readEvidence|readPopulation|searchRecordings)\b/.test(
          read(file),
        ),
    );
    expect(inSection('pages').sort()).toEqual(pages);
  });

  it('of a command says what it records', () => {
    const commands = sources
      .filter((file) => file.startsWith('lib/cli/'))
      .flatMap((file) =>
        [...read(file).matchAll(/: Command = \{\n\s+name: '([^']+)'/g)].map(([, name]) => `cordon ${name}`),
      );
    expect(commands.length).toBeGreaterThan(6);
    expect(inSection('commands').sort()).toEqual(commands.sort());
  });

  it('of a job says what it records', () => {
    const roots = ['lib/control/index.ts', 'lib/control/main.ts', 'lib/console/main.ts'];
    const jobs = roots.flatMap((file) => [...read(file).matchAll(/\b(start[A-Z]\w+)\(/g)].map(([, name]) => name!));
    expect(new Set(jobs).size).toBeGreaterThan(3);
    expect(
      inSection('jobs')
        .filter((id) => id.startsWith('start'))
        .sort(),
    ).toEqual([...new Set(jobs)].sort());
  });

  it.each([
    ['an edge', 'lib/control/messages-schema.ts'],
    ['a gateway or host', 'lib/control/access/messages.ts'],
  ])('of %s says what it records', (whose, file) => {
    const messages = [...read(file).matchAll(/type: z\.literal\('(\w+)'\)/g)].map(([, type]) => type);
    expect(inSection(`messages of ${whose}`).sort()).toEqual([...new Set(messages)].sort());
  });
});

describe('the list', () => {
  it('names events that exist, or a reason', () => {
    for (const { id, events, why } of lines) {
      if (events.length === 0) expect(why.length, id).toBeGreaterThan(15);
      for (const name of events) expect(isEventSchema(name), `${id}: ${name}`).toBe(true);
    }
  });

  it('names every event, and those that somebody writes only', () => {
    const written = new Set(lines.flatMap(({ events }) => events));
    const silent = inSection('events that nothing writes');
    expect([...written, ...silent].sort()).toEqual(Object.keys(EVENTS).sort());
    const code = sources
      .filter(
        (file) => /^(?:lib|app)\//.test(file) && !/audit\/events\.ts$|sentences\.ts$|notices\/kinds\.ts$/.test(file),
      )
      .map(read)
      .join('\n');
    expect([...written].filter((name) => !code.includes(`'${name}'`))).toEqual([]);
  });

  it('has an event for whoever takes audit data out or reads it at a door', () => {
    const about = read('test/architecture/doors.txt')
      .split('\n')
      .filter((line) => / AuditEvent\.(?:read|export)/.test(line));
    const silent = about
      .map((line) => line.split('  ')[0]!)
      .filter((door) => lines.find(({ id }) => id === door)?.events.length === 0)
      // Hashes are no audit data, and what is said of a file is what its event says.
      .filter((door) => !/^app\/audit\/.*\/(?:checkpoint|tile)\/|\/exports\/\[export\]\/about\//.test(door));
    expect(about.length).toBeGreaterThan(10);
    expect(silent).toEqual([]);
  });
});
