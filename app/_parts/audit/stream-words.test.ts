import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rangeWords, stateOf, VERIFY_NODE, VERIFY_PYTHON } from './stream-words';

const secret = `whsec_${crypto.randomBytes(32).toString('base64')}`;
const body = '{"type":"audit.events","ü":1}';

/** Headers as the specification makes them, with one more signature of another secret, as after a change. */
function headersOf(at = Math.floor(Date.now() / 1000)) {
  const sign = (key: Buffer) =>
    `v1,${crypto.createHmac('sha256', key).update(`org_1-0.${at}.${body}`).digest('base64')}`;
  const own = sign(Buffer.from(secret.slice(6), 'base64'));
  return {
    'webhook-id': 'org_1-0',
    'webhook-timestamp': String(at),
    'webhook-signature': `${sign(crypto.randomBytes(32))} ${own}`,
  };
}
const inNode = (headers: object, bytes: Buffer): boolean =>
  new Function('crypto', 'Buffer', 'headers', 'secret', 'body', `${VERIFY_NODE}\nreturn genuine;`)(
    ...[crypto, Buffer, headers, secret, bytes],
  );
const inPython = (headers: object, bytes: Buffer): boolean => {
  const input = JSON.stringify({ headers, secret, body: bytes.toString('base64') });
  const program = `import base64, hashlib, hmac, json, sys, time
given = json.load(sys.stdin)
headers, secret, body = given["headers"], given["secret"], base64.b64decode(given["body"])
${VERIFY_PYTHON}
print(genuine)`;
  return execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }).trim() === 'True';
};

describe.each([
  ['Node', inNode, VERIFY_NODE],
  ['Python', inPython, VERIFY_PYTHON],
])('the three lines of %s', (_, verify, lines) => {
  it('take what is genuine and nothing else', () => {
    expect(lines.split('\n')).toHaveLength(3);
    const bytes = Buffer.from(body);
    expect(verify(headersOf(), bytes)).toBe(true);
    expect(verify(headersOf(), Buffer.from(`${body} `))).toBe(false);
    expect(verify(headersOf(Math.floor(Date.now() / 1000) - 600), bytes)).toBe(false);
    expect(verify({ ...headersOf(), 'webhook-id': 'org_1-1' }, bytes)).toBe(false);
    expect(verify({ ...headersOf(), 'webhook-signature': 'v1,AAAA v2,x' }, bytes)).toBe(false);
  });
});

describe('words', () => {
  it('of where a stream stands', () => {
    const at = '2026-11-22T06:00:00.000Z';
    const failing = { since: at, count: 1, nextTryAt: at };
    expect(stateOf({ state: 'active', stopped: null, failing: null }).word).toBe('Active');
    expect(stateOf({ state: 'active', stopped: null, failing })).toMatchObject({ word: 'Failing', detail: '1 try' });
    expect(stateOf({ state: 'paused', stopped: null, failing }).word).toBe('Paused');
    expect(stateOf({ state: 'paused', stopped: 'Nothing was delivered.', failing }).word).toBe('Stopped');
  });

  it('of places', () => {
    expect([rangeWords(7, 8), rangeWords(1000, 1100)]).toEqual(['#7', '#1,000 to #1,099']);
  });
});
