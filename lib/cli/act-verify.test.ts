/** `cordon act verify` on evidence that a real keyring has accepted and a software authenticator has signed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseStatement, termsDigest } from '@/lib/kernel/act';
import { run } from '@/lib/keyring/operations';
import { openTestKeyring, type TestKeyring } from '@/lib/keyring/test-support';
import { primitives } from '@/lib/primitives';
import { acts, CAST, id, request } from '@/test/support/grants';
import { openProduction } from '@/test/support/production';
import { type Call, enrol, type Holder, ORIGIN, signed } from '@/test/support/soft-passkeys';
import { actVerify } from './act-verify';
import { UsageError } from './command';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const TSCONFIG = fileURLToPath(new URL('../../tsconfig.json', import.meta.url));
const TSX = fileURLToPath(new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url));

interface Signed {
  statement: string;
  evidence: Record<string, string>;
}
interface Shown {
  n: number;
  result: string;
  fault: string | null;
  keyDigest: string;
  statement: { user: string; terms: string[][] };
}

const folder = mkdtempSync(join(tmpdir(), 'cordon-acts-'));
let keyring: TestKeyring;
let person: Holder;
let genuine: Signed;
let other: Signed;
const call: Call = (operation, input) => run(keyring.context, operation, input);

async function confirm(of: Holder, over: Parameters<typeof signed>[2] = {}): Promise<Signed> {
  const { statement, assertion } = await signed(call, of, over);
  const { clientDataJSON, authenticatorData, signature } = assertion.response;
  const { credentialId } = of.passkey;
  const { publicKey } = of.registered;
  const { passkeyId } = of;
  const origin = ORIGIN[of.realm];
  return {
    statement,
    evidence: { passkeyId, credentialId, publicKey, clientDataJSON, authenticatorData, signature, origin },
  };
}

/** The event as it is exported. */
function event({ statement, evidence }: Signed, over: object = {}) {
  const { action, verdict, version, terms } = parseStatement(statement)!;
  const said = { action, factor: 'passkey', terms: termsDigest(version, terms, primitives), verdict };
  return { schema: 'step-up@2', fields: { ...said, statement, evidence: JSON.stringify(evidence), ...over } };
}

async function verify(input: unknown, ...options: string[]) {
  const file = join(folder, 'export.json');
  writeFileSync(file, typeof input === 'string' ? input : JSON.stringify(input));
  const lines: string[] = [];
  const out = { line: (text = '') => void lines.push(text), error: () => {} };
  const status = await actVerify.run([file, ...options], out);
  return { status, stdout: lines.join('\n') };
}
async function shown(input: unknown): Promise<{ status: number; acts: Shown[] }> {
  const { status, stdout } = await verify(input, '--json');
  return { status, acts: JSON.parse(stdout).acts };
}

beforeAll(async () => {
  keyring = await openTestKeyring();
  person = await enrol(call, { userId: 'usr_1' });
  genuine = await confirm(person);
  other = await confirm(await enrol(call));
});
afterAll(async () => {
  await keyring.close();
  rmSync(folder, { recursive: true });
});

describe('cordon act verify', () => {
  it('shows who agreed to what and when, says OK, and what that does not prove', async () => {
    const { status, stdout } = await verify(genuine);
    expect(status).toBe(0);
    for (const words of [
      '1. OK',
      '"usr_1"',
      'confirm "fence.apply" on "prj_1"',
      '"Regions": "EU, NA"',
      '2026-11-21T12:00:02Z',
    ])
      expect(stdout).toContain(words);
    expect(stdout).toContain('It does not prove whose key it is');
  });

  it('reads events in a list, a page of the log and lines, with fields in an object or a list', async () => {
    const one = event(genuine);
    const named = Object.entries(one.fields).map(([name, value]) => ({
      name,
      value,
      personal: false,
      state: 'present',
    }));
    const page = {
      events: [
        { event: 'project.created@1', fields: [] },
        { event: 'step-up@2', fields: named },
      ],
      next: null,
    };
    const lines = `${JSON.stringify({ schema: 'sign-in@1' })}\n${JSON.stringify(one)}\n`;
    for (const input of [one, [one], page, lines, { ...genuine, evidence: JSON.stringify(genuine.evidence) }]) {
      expect(await shown(input)).toMatchObject({ status: 0, acts: [{ result: 'ok', statement: { user: 'usr_1' } }] });
    }
  });

  it('names the key by SHA-256 of its COSE form', async () => {
    const { acts } = await shown([genuine, other]);
    expect(acts.map(({ keyDigest }) => keyDigest)).toEqual([
      Buffer.from(primitives.sha256(Buffer.from(genuine.evidence.publicKey!, 'base64url'))).toString('hex'),
      Buffer.from(primitives.sha256(Buffer.from(other.evidence.publicKey!, 'base64url'))).toString('hex'),
    ]);
  });

  it('exits 1 and says why when anything was changed', async () => {
    const changed = (over: object) => ({ ...genuine, evidence: { ...genuine.evidence, ...over } });
    const unverified = await enrol(call);
    unverified.passkey.choices.userVerified = false;
    const flip = (text: string) => `${text.slice(0, -6)}${text.at(-6) === 'A' ? 'B' : 'A'}${text.slice(-5)}`;
    const cases: [string, object][] = [
      ['challenge', { ...genuine, statement: genuine.statement.replace('EU, NA', 'EU, CN') }],
      ['statement', { ...genuine, statement: `${genuine.statement}more` }],
      ['signature', changed({ publicKey: other.evidence.publicKey })],
      ['signature', changed({ signature: flip(genuine.evidence.signature!) })],
      ['signature', changed({ signature: other.evidence.signature })],
      ['origin', changed({ origin: 'http://localhost:3001' })],
      ['relying_party', await confirm(person, { rpId: 'staff.localhost' })],
      ['user_verification', await confirm(unverified)],
      ['malformed', changed({ clientDataJSON: 'AAAA' })],
      ['evidence', changed({ publicKey: 'not base64url!' })],
      ['evidence', { ...genuine, evidence: 'x' }],
      ['missing', event(genuine, { statement: '' })],
      ['missing', event(genuine, { evidence: undefined })],
      ['event', event(genuine, { action: 'fence.widen' })],
      ['event', event(genuine, { terms: '' })],
      ['event', event(genuine, { verdict: 'deny' })],
    ];
    const { status, acts } = await shown(cases.map(([, input]) => input));
    expect(status).toBe(1);
    expect(acts.map(({ result, fault }) => [result, fault])).toEqual(cases.map(([fault]) => ['failed', fault]));
  });

  it('counts a code as neither good nor bad', async () => {
    const code = event(genuine, { factor: 'totp', statement: '', evidence: '' });
    expect(await shown([code])).toMatchObject({ status: 0, acts: [{ result: 'unsigned', fault: null }] });
    const { stdout } = await verify([code, event(genuine), event(genuine, { action: 'x' })]);
    expect(stdout).toContain('1 OK, 1 failed, 1 unsigned');
  });

  it('does not let an export write on the terminal', async () => {
    const { stdout } = await verify({ ...genuine, evidence: { ...genuine.evidence, passkeyId: '\u001b[2J\u202e' } });
    expect(stdout).toContain('\\u001b[2J?');
    expect(stdout).not.toContain('\u001b');
  });

  it.each([
    ['no JSON', 'hello'],
    ['no confirmation', [{ schema: 'sign-in@1' }]],
    ['nothing', ''],
    ['null', 'null'],
  ])('does not take %s for an export', async (_, input) => {
    await expect(verify(input)).rejects.toBeInstanceOf(UsageError);
  });

  it('reads standard input, and exits 0, 1 or 2', () => {
    const { statement, evidence } = genuine;
    const changed = statement.replace('EU, NA', 'EU, CN');
    const statuses = [{ statement, evidence }, { statement: changed, evidence }, {}].map((input) => {
      const { status } = spawnSync(process.execPath, ['--import', TSX, MAIN, 'act', 'verify', '-'], {
        cwd: tmpdir(),
        env: { ...process.env, TSX_TSCONFIG_PATH: TSCONFIG },
        input: JSON.stringify(input),
      });
      return status;
    });
    expect(statuses).toEqual([0, 1, 2]);
  });
});

describe('cordon act verify, of access to production', () => {
  const GRANT = id('grt', 1);
  const terms = request(Date.UTC(2026, 10, 21, 12, 0, 2) / 1000);
  let asked: Signed;
  let security: Signed;
  let onCall: Signed;

  beforeAll(async () => {
    const welcome = (userId: string) => call('staff.welcome', { userId, ttlSeconds: 3600 });
    const { holder } = await openProduction(call, welcome, () => Math.floor(keyring.clock.now / 1000));
    const says = (user: string, { terms: words, ...act }: ReturnType<typeof acts.ask>) =>
      confirm(holder(user), { act: { ...act, version: '', terms: words.map(([...term]) => term) } });
    asked = await says(CAST.asker, acts.ask(GRANT, terms));
    security = await says(CAST.security, acts.vote(GRANT, { ...terms, minutes: 30 }, 'security'));
    onCall = await says(CAST.onCall, acts.vote(GRANT, terms, 'on-call'));
  });

  it('says where a request stands by all that was signed about it, in whatever order', async () => {
    const { status, stdout } = await verify([onCall, asked, security]);
    expect(status).toBe(0);
    expect(stdout).toContain(`"${GRANT}"  ended (expired), ${terms.decideBy - 3600} (2026-11-21T12:00:02Z) to`);
    expect(stdout).toContain('(2026-11-21T12:30:02Z)');
    expect(stdout).toContain('who was designated has not been checked');
  });

  it('counts nothing that is not signed, not twice, and says what does not count', async () => {
    const forged = { ...onCall, evidence: { ...onCall.evidence, signature: security.evidence.signature! } };
    const { stdout } = await verify([asked, security, security, forged], '--json');
    expect(JSON.parse(stdout).production).toMatchObject({
      requests: [{ id: GRANT, standing: { state: 'undecided' } }],
      refused: [{ n: 3, code: 'grant.voted' }],
      designationsChecked: false,
    });
  });

  it('says nothing of production where there is no request', async () => {
    expect(JSON.parse((await verify([security, genuine], '--json')).stdout).production).toBeNull();
  });
});
