import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SftpRefused, SftpWatch } from './sftp';

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string | Buffer) => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value as string)]);
const packet = (type: number, ...parts: Buffer[]) => {
  const body = Buffer.concat([Buffer.of(type), ...parts]);
  return Buffer.concat([u32(body.length), body]);
};
const offset = Buffer.alloc(8);
const init = packet(1, u32(3));
const openFile = (id: number, name: string, flags: number) => packet(3, u32(id), text(name), u32(flags), u32(0));
const handle = (id: number, name: string) => packet(102, u32(id), text(name));
const close = (id: number, name: string) => packet(4, u32(id), text(name));
const write = (id: number, name: string, bytes: number) =>
  packet(6, u32(id), text(name), offset, text(Buffer.alloc(bytes)));
const read = (id: number, name: string) => packet(5, u32(id), text(name), offset, u32(32_768));
const data = (id: number, bytes: number) => packet(103, u32(id), text(Buffer.alloc(bytes)));

type Step = { person: Buffer } | { host: Buffer };
const UPLOAD: Step[] = [
  { person: init },
  { host: packet(2, u32(3)) },
  { person: openFile(1, '/tmp/ü.txt', 0x1a) },
  { host: handle(1, 'h0') },
  { person: write(2, 'h0', 1000) },
  { person: write(3, 'h0', 500) },
  { person: close(4, 'h0') },
];
const DOWNLOAD: Step[] = [
  { person: openFile(5, '/etc/hosts', 1) },
  { host: handle(5, 'h1') },
  { person: Buffer.concat([read(6, 'h1'), read(7, 'h1')]) },
  { host: Buffer.concat([data(7, 300), data(6, 700)]) },
  { person: close(8, 'h1') },
];
function told(steps: readonly Step[]): string[] {
  const said: string[] = [];
  const watch = new SftpWatch((line) => said.push(line));
  for (const step of steps) 'person' in step ? watch.person(step.person) : watch.host(step.host);
  watch.end();
  return said;
}

describe('copying files', () => {
  it('is told by name, direction and size', () => {
    expect(told([...UPLOAD, ...DOWNLOAD])).toEqual([
      'file: open /tmp/ü.txt to write',
      'file: upload /tmp/ü.txt, 1500 bytes',
      'file: open /etc/hosts to read',
      'file: download /etc/hosts, 1000 bytes',
    ]);
  });

  it('is told the same however the bytes are cut', () => {
    const steps = [...UPLOAD, ...DOWNLOAD];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }), (cuts) => {
        let turn = 0;
        const pieces = steps.flatMap((step) => {
          const whole = 'person' in step ? step.person : step.host;
          const out: Step[] = [];
          for (let at = 0; at < whole.length; ) {
            const size = cuts[turn++ % cuts.length]!;
            const piece = whole.subarray(at, at + size);
            out.push('person' in step ? { person: piece } : { host: piece });
            at += size;
          }
          return out;
        });
        expect(told(pieces)).toEqual(told(steps));
      }),
      { numRuns: 50 },
    );
  });

  it('is told also when the session ends before the file is closed', () => {
    expect(told(UPLOAD.slice(0, -1)).at(-1)).toBe('file: upload /tmp/ü.txt, 1500 bytes');
  });

  it.each<[string, Buffer, string]>([
    ['remove', packet(13, u32(1), text('/a')), 'file: remove /a'],
    ['rename', packet(18, u32(1), text('/a'), text('/b')), 'file: rename /a /b'],
    ['link', packet(20, u32(1), text('/a'), text('/b')), 'file: link /a /b'],
    ['chmod', packet(9, u32(1), text('/a'), u32(0)), 'file: change /a'],
    [
      'posix-rename',
      packet(200, u32(1), text('posix-rename@openssh.com'), text('/a'), text('/b')),
      'file: rename /a /b',
    ],
  ])('tells of %s', (_, bytes, line) => {
    expect(told([{ person: bytes }])).toEqual([line]);
  });

  it.each<[string, Step[]]>([
    ['a request nobody knows', [{ person: packet(99, u32(1)) }]],
    ['copying at the server', [{ person: packet(200, u32(1), text('copy-data'), text('h')) }]],
    ['an extension nobody knows', [{ person: packet(200, u32(1), text('x@y')) }]],
    ['a packet without an end', [{ person: u32(0x7fffffff) }]],
    ['a packet without anything', [{ person: u32(0) }]],
    ['a name that goes beyond its packet', [{ person: packet(3, u32(1), u32(100)) }]],
    ['one number for two questions', [{ person: openFile(1, '/a', 1) }, { person: openFile(1, '/b', 1) }]],
    ['more questions than answers', Array.from({ length: 5000 }, (_, i) => ({ person: openFile(i, '/a', 1) }))],
  ])('refuses %s', (_, steps) => {
    expect(() => told(steps)).toThrow(SftpRefused);
  });

  it('throws nothing else at any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 60 })), { maxLength: 10 }), (chunks) => {
        try {
          told(
            chunks.map(([person, bytes]) => (person ? { person: Buffer.from(bytes) } : { host: Buffer.from(bytes) })),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(SftpRefused);
        }
      }),
      { numRuns: 500 },
    );
  });
});
