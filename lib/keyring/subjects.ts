import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Lines } from './lines';

/**
 * The keys of personal values in audit logs: one per subject (a person in one log, or a log for what is nobody's) and year, so that
 * forgetting a person there, or a year, is to destroy keys. What they seal lies in the database and in all its backups; they lie here only.
 *
 * On disk (`subjects.log`, lines.ts): one line per key, before the key is first given out. Destroying writes the file anew without it.
 * What a disk or a copy of this directory keeps of the old file is outside our reach: README, "Erasing".
 */
export interface SubjectKey {
  /** 16 hex characters, random: tells nothing about the subject. */
  readonly keyId: string;
  readonly subject: string;
  /** Year (UTC) in which values are sealed with it. */
  readonly period: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

export class Subjects {
  readonly #byId = new Map<string, SubjectKey>();
  readonly #bySubject = new Map<string, Map<string, SubjectKey>>();
  /** Keys on their way to the disk: nobody gets one before it is there. */
  readonly #writing = new Map<string, Promise<void>>();
  #lines!: Lines;

  static async open(home: string): Promise<Subjects> {
    const subjects = new Subjects();
    subjects.#lines = await Lines.open(join(home, 'subjects.log'), {
      read: (line) => subjects.#read(line),
      lines: () => Array.from(subjects.#byId.values(), toLine),
    });
    return subjects;
  }

  /** The key of a subject for a year, made when there is none. Resolves when it is on disk. */
  async obtain(subject: string, period: string): Promise<SubjectKey> {
    const found = this.#bySubject.get(subject)?.get(period);
    if (found) {
      await this.#writing.get(found.keyId);
      return found;
    }
    const made: SubjectKey = { keyId: randomBytes(8).toString('hex'), subject, period, key: randomBytes(32) };
    this.#add(made);
    const written = this.#lines.append(toLine(made)).finally(() => this.#writing.delete(made.keyId));
    this.#writing.set(made.keyId, written);
    await written;
    return made;
  }

  find(keyId: string): SubjectKey | null {
    return this.#byId.get(keyId) ?? null;
  }

  /** Destroys every key of a subject and gives their ids. Resolves when the file on disk holds none of them. */
  async destroy(subject: string): Promise<string[]> {
    const keys = [...(this.#bySubject.get(subject)?.values() ?? [])];
    this.#bySubject.delete(subject);
    for (const { keyId, key } of keys) {
      this.#byId.delete(keyId);
      key.fill(0);
    }
    if (keys.length > 0) await this.#lines.rewrite();
    return keys.map(({ keyId }) => keyId);
  }

  async close(): Promise<void> {
    await this.#lines.close();
  }

  #add(key: SubjectKey): void {
    this.#byId.set(key.keyId, key);
    const periods = this.#bySubject.get(key.subject) ?? new Map<string, SubjectKey>();
    this.#bySubject.set(key.subject, periods.set(key.period, key));
  }

  #read(line: unknown): boolean {
    const { keyId, subject, period, key } = (line ?? {}) as Record<string, unknown>;
    if (typeof keyId !== 'string' || typeof subject !== 'string' || typeof period !== 'string') return false;
    const bytes = Buffer.from(typeof key === 'string' ? key : '', 'base64');
    if (!/^[0-9a-f]{16}$/.test(keyId) || bytes.length !== 32) return false;
    this.#add({ keyId, subject, period, key: bytes });
    return true;
  }
}

const toLine = ({ keyId, subject, period, key }: SubjectKey) => ({
  keyId,
  subject,
  period,
  key: key.toString('base64'),
});
