/**
 * Reads along while files are copied by SFTP (draft-ietf-secsh-filexfer-02, version 3) and tells what was copied: name, direction and size. What
 * it cannot follow is not let through, so that nothing is copied without a mark.
 */
const MAX_PACKET = 256 * 1024 + 1024;
const MAX_OPEN = 256;
const MAX_ASKED = 4096;
const MAX_NAME = 4096;

const INIT = 1;
const OPEN = 3;
const CLOSE = 4;
const READ = 5;
const WRITE = 6;
const EXTENDED = 200;
const HANDLE = 102;
const DATA = 103;
/** Acts that name what they change; each carries one or two paths first. */
const CHANGES: Readonly<Record<number, string>> = { 9: 'change', 13: 'remove', 14: 'make folder', 15: 'remove folder' };
const TWO_PATHS: Readonly<Record<number, string>> = { 18: 'rename', 20: 'link' };
const EXTENSIONS: Readonly<Record<string, string>> = {
  'posix-rename@openssh.com': 'rename',
  'hardlink@openssh.com': 'link',
};
/** Extensions that only read, or only flush. Whatever else a server may know, `copy-data` for one, is not passed on. */
const HARMLESS = new Set([
  'fsync@openssh.com',
  'statvfs@openssh.com',
  'fstatvfs@openssh.com',
  'limits@openssh.com',
  'expand-path@openssh.com',
  'home-directory',
  'users-groups-by-id@openssh.com',
]);
/** Types that neither move nor change: lstat, fstat, opendir, readdir, realpath, stat, readlink. */
const QUIET = new Set([7, 8, 11, 12, 16, 17, 19]);
const FSETSTAT = 10;

interface Open {
  name: string;
  read: number;
  written: number;
}

export class SftpRefused extends Error {}

export class SftpWatch {
  readonly #tell: (text: string) => void;
  readonly #asked = new Map<number, { open: Open } | { read: Open }>();
  readonly #open = new Map<string, Open>();
  readonly #fromPerson = new Packets();
  readonly #fromHost = new Packets();

  /** `tell` is called before what it tells of is passed on. */
  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** Bytes on their way to the host. Throws `SftpRefused`; the session has to end then. */
  person(chunk: Buffer): void {
    for (const packet of this.#fromPerson.push(chunk)) this.#request(packet);
  }

  host(chunk: Buffer): void {
    for (const packet of this.#fromHost.push(chunk)) this.#answer(packet);
  }

  /** Tells of what was still open. */
  end(): void {
    for (const open of this.#open.values()) this.#closed(open);
    this.#open.clear();
  }

  #request(packet: Buffer): void {
    const reader = new Reader(packet);
    const type = reader.byte();
    if (type === INIT) return;
    const id = reader.u32();
    if (type === OPEN) {
      const name = reader.text();
      const writes = (reader.u32() & ~1) !== 0;
      this.#tell(`file: open ${name} to ${writes ? 'write' : 'read'}`);
      this.#ask(id, { open: { name, read: 0, written: 0 } });
    } else if (type === CLOSE) {
      const handle = reader.handle();
      const open = this.#open.get(handle);
      this.#open.delete(handle);
      if (open) this.#closed(open);
    } else if (type === READ) {
      const open = this.#open.get(reader.handle());
      if (open) this.#ask(id, { read: open });
    } else if (type === WRITE) {
      const open = this.#open.get(reader.handle());
      reader.skip(8);
      if (open) open.written += reader.u32();
    } else if (CHANGES[type]) this.#tell(`file: ${CHANGES[type]} ${reader.text()}`);
    else if (TWO_PATHS[type]) this.#tell(`file: ${TWO_PATHS[type]} ${reader.text()} ${reader.text()}`);
    else if (type === FSETSTAT) this.#tell(`file: change ${this.#open.get(reader.handle())?.name ?? '-'}`);
    else if (type === EXTENDED) this.#extended(reader);
    else if (!QUIET.has(type)) throw new SftpRefused(`request ${type}`);
  }

  #extended(reader: Reader): void {
    const name = reader.text();
    if (EXTENSIONS[name]) this.#tell(`file: ${EXTENSIONS[name]} ${reader.text()} ${reader.text()}`);
    else if (name === 'lsetstat@openssh.com') this.#tell(`file: change ${reader.text()}`);
    else if (!HARMLESS.has(name)) throw new SftpRefused('extension');
  }

  #answer(packet: Buffer): void {
    const reader = new Reader(packet);
    const type = reader.byte();
    // The server's version has no number of a request.
    if (type === 2) return;
    const id = reader.u32();
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (!asked) return;
    if ('open' in asked && type === HANDLE) {
      if (this.#open.size >= MAX_OPEN) throw new SftpRefused('open files');
      this.#open.set(reader.handle(), asked.open);
    } else if ('read' in asked && type === DATA) asked.read.read += reader.u32();
  }

  #ask(id: number, what: { open: Open } | { read: Open }): void {
    // The same number twice could hide one behind the other.
    if (this.#asked.has(id) || this.#asked.size >= MAX_ASKED) throw new SftpRefused('requests');
    this.#asked.set(id, what);
  }

  #closed({ name, read, written }: Open): void {
    if (written > 0 || read === 0) this.#tell(`file: upload ${name}, ${written} bytes`);
    if (read > 0) this.#tell(`file: download ${name}, ${read} bytes`);
  }
}

/** `u32 length | bytes`, out of chunks that end anywhere. */
class Packets {
  #parts: Buffer[] = [];
  #held = 0;

  *push(chunk: Buffer): Generator<Buffer> {
    this.#parts.push(chunk);
    this.#held += chunk.length;
    if (this.#held < 4) return;
    let bytes = this.#parts.length === 1 ? chunk : null;
    let from = 0;
    for (;;) {
      const length = this.#length(bytes, from);
      if (length === null) break;
      if (length > MAX_PACKET || length === 0) throw new SftpRefused('packet');
      if (this.#held - from < 4 + length) break;
      bytes ??= Buffer.concat(this.#parts);
      yield bytes.subarray(from + 4, from + 4 + length);
      from += 4 + length;
    }
    if (from === 0) return;
    const rest = bytes!.subarray(from);
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
  }

  #length(bytes: Buffer | null, from: number): number | null {
    if (this.#held - from < 4) return null;
    const first = this.#parts[0]!;
    if (bytes) return bytes.readUInt32BE(from);
    return first.length >= 4 ? first.readUInt32BE(0) : Buffer.concat(this.#parts).readUInt32BE(0);
  }
}

class Reader {
  #at = 0;
  constructor(private readonly bytes: Buffer) {}

  byte(): number {
    return this.#take(1)[0]!;
  }
  u32(): number {
    return this.#take(4).readUInt32BE(0);
  }
  skip(count: number): void {
    this.#take(count);
  }
  text(): string {
    const bytes = this.#take(this.u32());
    if (bytes.length > MAX_NAME) throw new SftpRefused('name');
    return bytes.toString('utf8');
  }
  handle(): string {
    const bytes = this.#take(this.u32());
    if (bytes.length > 256) throw new SftpRefused('handle');
    return bytes.toString('latin1');
  }

  #take(count: number): Buffer {
    if (count > this.bytes.length - this.#at) throw new SftpRefused('cut short');
    this.#at += count;
    return this.bytes.subarray(this.#at - count, this.#at);
  }
}
