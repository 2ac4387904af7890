import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { replace } from './files';

/**
 * A file of JSON lines that survives a kill at any instruction: a line is on disk before `append` resolves, and lines that wait
 * together share one fsync. What the lines mean is its owner's, who also says what a compacted file holds; it is compacted at every
 * start and when it has grown.
 */
export interface Contents {
  /** Takes one line of the file, in order; false when it makes no sense. */
  read(line: unknown): boolean;
  /** What stands for everything read and appended so far. */
  lines(): Iterable<object>;
}

const COMPACT_BYTES = 4 * 1024 * 1024;

export class Lines {
  private waiting: string[] = [];
  private next: Promise<void> | null = null;
  private last: Promise<void> = Promise.resolve();
  private file: FileHandle | null = null;
  private bytes = 0;

  private constructor(
    private readonly path: string,
    private readonly contents: Contents,
  ) {}

  /** Throws an error that names file and line when it is damaged. */
  static async open(path: string, contents: Contents): Promise<Lines> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const lines = text.split('\n');
    // The last piece is empty, or a line whose fsync never returned: nothing that it protects was given out.
    lines.pop();
    for (const [index, line] of lines.entries()) {
      if (!contents.read(parse(line)) && index < lines.length - 1)
        throw new Error(`keyring: ${path} is damaged at line ${index + 1}; restore it from backup`);
    }
    const opened = new Lines(path, contents);
    await opened.compact();
    return opened;
  }

  /** Resolves when on disk. The owner's memory must hold it already: a failed append is made good by writing the whole file anew. */
  append(line: object): Promise<void> {
    this.waiting.push(text(line));
    this.next ??= this.enqueue();
    return this.next;
  }

  /** Writes the whole file anew from what its owner holds. Resolves when on disk: nothing else is left in it. */
  rewrite(): Promise<void> {
    const done = this.last.then(() => this.compact());
    this.last = done.catch(() => {});
    return done;
  }

  async close(): Promise<void> {
    await this.last;
    await this.file?.close();
    this.file = null;
  }

  /** The batch that starts when the running one ends; whoever comes before that rides along. */
  private enqueue(): Promise<void> {
    const batch = this.last.then(() => {
      this.next = null;
      return this.write();
    });
    this.last = batch.catch(() => {});
    return batch;
  }

  private async write(): Promise<void> {
    const batch = this.waiting.join('');
    this.waiting = [];
    // A failed append may have left half a line: then the whole file is written anew, which includes these lines.
    if (this.bytes + batch.length > COMPACT_BYTES) return await this.compact();
    const bytes = this.bytes;
    this.bytes = COMPACT_BYTES;
    await this.file?.appendFile(batch);
    await this.file?.datasync();
    this.bytes = bytes + batch.length;
  }

  private async compact(): Promise<void> {
    await replace(this.path, Array.from(this.contents.lines(), text).join(''));
    await this.file?.close();
    this.file = await open(this.path, constants.O_WRONLY | constants.O_APPEND);
    this.bytes = 0;
  }
}

const text = (line: object): string => `${JSON.stringify(line)}\n`;

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
