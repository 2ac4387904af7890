import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlacedEvent } from '@/lib/audit';
import { type SyslogReceiver, syslogReceiver } from '@/test/support/receivers';
import { rsyslogd, startRsyslog } from '@/test/support/rsyslog';
import { selfSigned } from '@/test/support/tls';
import { parseReceiver } from '../address';
import { parseNetworks } from '../config';
import { syslogFrames } from '../format/syslog';
import type { NetworkRules } from './network';
import { write } from './syslog';

let folder: string;
let files: { cert: string; key: string };
let certificate: { cert: string; key: string };
const rules: NetworkRules = { allowed: parseNetworks('127.0.0.0/8 ::1/128'), ports: () => true, timeoutMs: 6_000 };
const never = new AbortController().signal;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cordon-syslog-'));
  files = await selfSigned(folder);
  certificate = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const event = (index: number, text: string): PlacedEvent => ({
  index,
  state: 'intact',
  entry: {
    ...{
      id: `event-${index}`,
      organisationId: 'org_1',
      at: '2026-11-22T06:00:00.000Z',
      actId: 'act',
      schemaDigest: 'd',
    },
    ...{ schema: 'project.renamed@1', outcome: 'success', actorKind: 'member', actor: 'act_1', objectType: 'project' },
    ...{ objectId: 'prj_1', projectId: null, details: {}, altered: false },
    personal: { after: { state: 'present', value: text } },
  },
});
const frames = (count: number, text = 'Käse “]"\\ \n') =>
  syslogFrames({
    ...{ log: 'org_1', first: 0, end: count, checkpoint: 'console.example/audit/org_1\n9\nAAAA\n\n— k x\n' },
    events: Array.from({ length: count }, (_, i) => event(i, text)),
  });
const send = (port: number, text: string, over: Partial<NetworkRules> = {}) =>
  write(parseReceiver('syslog', `localhost:${port}`, certificate.cert)!, text, { ...rules, ...over }, never);

describe('syslog over TLS', () => {
  it('arrives whole, message by message', async () => {
    const receiver = await syslogReceiver(certificate);
    expect(await send(receiver.port, frames(100))).toEqual({ code: 'written', status: null, retryAfterSeconds: null });
    expect(receiver.messages.map(({ data }) => data.index)).toEqual([
      undefined,
      ...Array.from({ length: 100 }, (_, i) => `${i}`),
    ]);
    await receiver.stop();
  });

  it.each<[string, SyslogReceiver['behave']]>([
    ['at once', (socket) => socket.destroy()],
    ['in the middle', (socket, bytes) => bytes > 20_000 && socket.destroy()],
  ])('that is cut %s has not been written', async (_, behave) => {
    const receiver = await syslogReceiver(certificate);
    receiver.behave = behave;
    expect((await send(receiver.port, frames(100, 'x'.repeat(5_000)))).code).toBe('connection_reset');
    await receiver.stop();
  });

  it('to a receiver that does not read is not waited for', async () => {
    const receiver = await syslogReceiver(certificate);
    receiver.behave = (socket) => socket.pause();
    // More than the buffers of both machines take.
    expect((await send(receiver.port, frames(2_000, 'x'.repeat(6_000)), { timeoutMs: 1_000 })).code).toBe('timeout');
    await receiver.stop();
  });
});

const daemon = rsyslogd();
describe.skipIf(daemon === null)('rsyslogd', () => {
  it('understands every message, its structured data, and what people typed in it', async () => {
    const rsyslog = await startRsyslog(daemon!, folder, files);
    try {
      expect((await send(rsyslog.port, frames(100))).code).toBe('written');
      await expect.poll(() => rsyslog.lines().length, { timeout: 20_000 }).toBe(101);
      const [checkpoint, ...events] = rsyslog.lines();
      expect([checkpoint!.id, JSON.parse(checkpoint!.message).checkpoint]).toEqual([
        'checkpoint',
        'console.example/audit/org_1\n9\nAAAA\n\n— k x\n',
      ]);
      expect(events.map(({ message }) => JSON.parse(message).index)).toEqual(Array.from({ length: 100 }, (_, i) => i));
      expect(events[7]!.data).toBe(
        '[cordon@32473 log="org_1" index="7" state="intact" id="event-7" actId="act" outcome="success"]',
      );
      expect(JSON.parse(events[7]!.message).personal.after).toBe('Käse “]"\\ \n');
    } finally {
      await rsyslog.stop();
    }
  });
});
