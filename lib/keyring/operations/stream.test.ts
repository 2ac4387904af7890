import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
beforeEach(async () => {
  keyring = await openTestKeyring();
});
afterEach(() => keyring.close());

const streamId = 'str_1';
const create = () => run(keyring.context, 'stream.create', { streamId });
const message = { id: 'org_1-0', timestamp: 1_674_087_231, body: '{"type":"audit.events","ü":1}' };

describe('stream.create', () => {
  it('gives 32 random bytes as a secret of Standard Webhooks, another one each time', async () => {
    const [one, other] = [await create(), await create()];
    expect(Buffer.from(one.secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
    expect(one.secret).not.toBe(other.secret);
    expect(one.sealed).not.toContain(one.secret.slice(6));
  });
});

describe('stream.sign', () => {
  it('signs id, time and body with each secret, as the receiver computes it', async () => {
    const made = [await create(), await create()];
    const sealed = made.map((each) => each.sealed);
    const { signatures } = await run(keyring.context, 'stream.sign', { streamId, sealed, ...message });
    expect(signatures).toEqual(
      made.map(({ secret }) => {
        const hmac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'));
        return `v1,${hmac.update(`org_1-0.1674087231.${message.body}`).digest('base64')}`;
      }),
    );
  });

  it('opens no secret of another stream, and no certificate', async () => {
    const { sealed } = await create();
    const certificate = { certificateId: 'crt_1', projectId: 'prj_1', appId: 'a'.repeat(32) };
    const { sealed: other } = await run(keyring.context, 'certificate.create', certificate);
    const refused = { code: 'sealed.unreadable' };
    const sign = (of: string, text: string) =>
      run(keyring.context, 'stream.sign', { streamId: of, sealed: [text], ...message });
    await expect(sign('str_2', sealed)).rejects.toMatchObject(refused);
    await expect(sign(streamId, other)).rejects.toMatchObject(refused);
    const match = { ...certificate, sealed };
    await expect(
      run(keyring.context, 'token.mint', { ...match, issuedAt: 1, lifetimeSeconds: 60, services: [{}] }),
    ).rejects.toMatchObject(refused);
  });

  it.each(['org_1.0', '', 'a b', 'a\n'])('signs no id that could be read as more than one part: %j', async (id) => {
    const { sealed } = await create();
    const input = { streamId, sealed: [sealed], ...message, id };
    await expect(run(keyring.context, 'stream.sign', input)).rejects.toMatchObject({ code: 'request.invalid' });
  });
});
