import { describe, expect, it } from 'vitest';
import { type GatewayEvent, toldCommand } from '@/lib/gateway/events';
import { newId } from '@/lib/platform';
import { readGatewayRecords } from './messages';

const read = (record: object) => readGatewayRecords(Buffer.from(`${JSON.stringify({ n: 1, ...record })}\n`));

const started = (command: string): GatewayEvent => ({
  ...{
    kind: 'session.started',
    at: 1,
    session: newId('ssn'),
    grant: newId('grt'),
    target: 'host:db-1',
    through: 'key',
  },
  ...{ address: '192.0.2.1', account: `cg-${'0'.repeat(16)}`, principal: 'p', serial: '1', keyId: 'k' },
  ...{ purpose: 'command', command },
});

describe('what a gateway sends', () => {
  it.each([
    ['a usual one', 'uptime', 'uptime'],
    ['one longer than an event holds', 'x'.repeat(1_000), 'x'.repeat(500)],
    ['one cut within a character', `${'x'.repeat(499)}😀`, `${'x'.repeat(499)}\ufffd`],
    ['one with what no text holds', 'a\0b\ud800', 'a\ufffdb\ufffd'],
  ])('is taken whatever the command of an employee: %s', (_what, command, told) => {
    expect(read(started(toldCommand(command)))).toMatchObject({ records: [{ command: told }], refused: 0 });
  });

  it.each(['a\0b', '\ud800', 'x'.repeat(501)])('is refused where it could not be stored', (command) => {
    expect(read(started(command))).toEqual({ records: [], refused: 1 });
  });
});
