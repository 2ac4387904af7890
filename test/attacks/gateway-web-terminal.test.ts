/**
 * Attack: a page, or a program on the console's machine, speaks to the gateway's terminal without having confirmed a session: it guesses tickets, uses
 * the ticket of another session or one that was used, says nothing, says too much, or puts a path where a session should stand. Whoever has a
 * session sends what no terminal sends.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { newId } from '@/lib/platform';
import { Browser, lendGateway, type TestGateway } from '../support/gateway';

let world: TestGateway;
beforeAll(async () => {
  world = await lendGateway(() => null, { limits: { perAddress: 4, burst: 10_000, perSecond: 10_000 } });
});
afterAll(() => world.stop());
const browsers: Browser[] = [];
afterEach(async () => {
  for (const { web } of browsers.splice(0)) web.terminate();
});
function browser(first: object): Browser {
  const opened = new Browser(world.terminal, first);
  browsers.push(opened);
  return opened;
}
const opening = () => world.keyring.open(world.keyring.grant('app'), null);

describe('nothing begins', () => {
  it('with a ticket that was guessed, or is of another session', async () => {
    const [one, other] = [opening(), opening()];
    for (const ticket of ['A'.repeat(32), `${other.ticket}`, `${one.ticket} `, one.ticket!.slice(0, -1)]) {
      const end = await browser({ session: one.session, ticket }).over;
      expect(end?.end).toContain('refused: this session is not open');
    }
    expect(world.keyring.openings.get(one.session)!.used).toBe(false);
  });

  it('for a key that was confirmed for SSH', async () => {
    const { sshKey } = await import('../support/ssh');
    const { session } = world.keyring.open(world.keyring.grant('app'), sshKey());
    expect((await browser({ session, ticket: 'A'.repeat(32) }).over)?.end).toContain('refused');
    expect(world.keyring.openings.get(session)!.used).toBe(false);
  });

  it.each<[string, object]>([
    ['a path for a session', { session: '../../../etc/cron.d/x', ticket: 'A'.repeat(32) }],
    ['no ticket', { session: newId('ssn'), ticket: null }],
    ['a ticket without end', { session: newId('ssn'), ticket: 'A'.repeat(1000) }],
    ['a screen of no size anybody has', { session: newId('ssn'), ticket: 'A'.repeat(32), columns: 1e9 }],
    ['half a column', { session: newId('ssn'), ticket: 'A'.repeat(32), columns: 0.5 }],
  ])('at a first message with %s', async (_, first) => {
    const one = browser(first);
    const code = new Promise((resolve) => one.web.once('close', resolve));
    expect(await code).toBe(4400);
  });

  it.each<[string, string | Buffer]>([
    ['no JSON', 'hello'],
    ['bytes', Buffer.from('{}')],
    ['more than a frame may hold', `{"x":"${'a'.repeat(100_000)}"}`],
  ])('at a first message that is %s', async (_, message) => {
    const web = new WebSocket(`ws+unix:${world.terminal}:/`, { headers: { 'x-forwarded-for': '192.0.2.4' } });
    web.on('error', () => undefined);
    web.once('open', () => web.send(message));
    const code = await new Promise((resolve) => web.once('close', resolve));
    expect([4400, 1009, 1006]).toContain(code);
  });

  it('on the disk', () => {
    expect(readdirSync(join(world.home, 'recordings')).filter((name) => name.endsWith('.rec'))).toEqual([]);
  });
});

it('lets one address hold only so many, and others still come', async () => {
  const many = Array.from(
    { length: 20 },
    () => new WebSocket(`ws+unix:${world.terminal}:/`, { headers: { 'x-forwarded-for': '192.0.2.5' } }),
  );
  const outcomes = await Promise.all(
    many.map(
      (web) =>
        new Promise((resolve) => web.once('open', () => resolve('open')).once('error', () => resolve('refused'))),
    ),
  );
  expect(outcomes.filter((outcome) => outcome === 'open')).toHaveLength(4);
  expect((await browser({ session: newId('ssn'), ticket: 'A'.repeat(32) }).over)?.end).toContain('refused');
  for (const web of many) web.terminate();
});

it('answers a page, or any request that is no upgrade, with nothing', async () => {
  const { request } = await import('node:http');
  const status = await new Promise((resolve, reject) => {
    request({ socketPath: world.terminal, path: '/staff/terminal' }, (response) => resolve(response.statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(426);
});
