import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '@/lib/kernel/bundle/messages';
import type { Allow } from '@/lib/kernel/decision/types';
import { type Asked, DecisionLog, refuse } from '.';
import { Counter, renderMetrics } from './metrics';

const asked = (more: Partial<Asked> = {}): Asked => ({
  traceId: 't1',
  action: 'join',
  appId: 'a'.repeat(32),
  channel: 'room',
  account: 'alice',
  address: '198.51.100.7',
  ...more,
});
const deny = refuse('token.signature', 'no', { epoch: 1, seq: 2 });
const allow: Allow = {
  verdict: 'allow',
  code: 'ok',
  rule: 'privilege',
  bundle: { epoch: 1, seq: 2 },
  tokenId: 'token',
  certificateId: 'certificate',
  wildcardUser: false,
  projectId: 'project',
  permissions: 1,
  expiresAt: { join: 1, audio: 1, video: 1, data: 1 },
  issuedAt: 1,
  account: 'alice',
  legacy: false,
  wildcardChannel: false,
};

function open(): { log: DecisionLog; written: Omit<DecisionRecord, 'n'>[] } {
  const written: Omit<DecisionRecord, 'n'>[] = [];
  return { log: new DecisionLog((record) => written.push(record)), written };
}

describe('the decision log', () => {
  it('collapses identical denies of one second into one exact count', () => {
    const { log, written } = open();
    for (let i = 0; i < 1000; i++) log.record(asked({ traceId: `t${i}` }), deny, 5000 + (i % 1000));
    log.flush(5999);
    expect(written).toEqual([]);
    log.flush(6000);
    expect(written).toMatchObject([
      {
        code: 'token.signature',
        count: 1000,
        traceId: 't0',
        at: 5000,
        addressPrefix: '198.51.100.0/24',
        epoch: 1,
        seq: 2,
      },
    ]);
    log.stop();
  });

  it.each([
    ['account', { account: 'bob' }],
    ['channel', { channel: 'other' }],
    ['address prefix', { address: '203.0.113.1' }],
    ['App ID', { appId: 'b'.repeat(32) }],
    ['action', { action: 'publish' as const }],
  ])('keeps denies apart that differ in %s', (_what, other) => {
    const { log, written } = open();
    log.record(asked(), deny, 0);
    log.record(asked(other), deny, 0);
    log.stop();
    expect(written.map(({ count }) => count)).toEqual([1, 1]);
  });

  it('starts a new record in the next second, and loses none when too many differ', () => {
    const { log, written } = open();
    log.record(asked(), deny, 0);
    log.record(asked(), deny, 1000);
    for (let i = 0; i < 5000; i++) log.record(asked({ account: `n${i}` }), deny, 1000);
    log.stop();
    expect(written.reduce((sum, { count }) => sum + count, 0)).toBe(5002);
  });

  it('writes every allow by itself, at once', () => {
    const { log, written } = open();
    log.record(asked(), allow, 0);
    log.record(asked(), allow, 0);
    expect(written).toMatchObject([{ verdict: 'allow', code: 'ok', tokenId: 'token', count: 1 }, { count: 1 }]);
    log.stop();
  });

  it('keeps hostile names out of records', () => {
    const { log, written } = open();
    log.record(asked({ appId: '../../etc', channel: 'x'.repeat(500), account: 'a\u0000\n\ud800b' }), deny, 0);
    log.stop();
    expect(written).toMatchObject([{ appId: '', channel: 'x'.repeat(64), account: 'a\ufffd\ufffd\ufffdb' }]);
  });
});

describe('metrics', () => {
  it('are Prometheus text', () => {
    const counter = new Counter('c_total', 'Help.', ['code']);
    counter.add(['a"b\\c\n']);
    counter.add(['a"b\\c\n'], 2);
    expect(renderMetrics([counter], [{ name: 'g', help: 'G.', value: 1.5 }])).toBe(
      '# HELP c_total Help.\n# TYPE c_total counter\nc_total{code="a\\"b\\\\c\\n"} 3\n# HELP g G.\n# TYPE g gauge\ng 1.5\n',
    );
  });
});
