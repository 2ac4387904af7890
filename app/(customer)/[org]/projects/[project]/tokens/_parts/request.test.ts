import { describe, expect, it } from 'vitest';
import { defaultLifetime, lifetimes, readMintForm } from './request';

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

describe('the mint form', () => {
  it('becomes an RTC request by role', () => {
    expect(
      readMintForm(
        form({ kind: 'rtc', channel: 'ward-7', account: 'alice', role: 'audience', lifetimeSeconds: '300' }),
      ),
    ).toEqual({
      ok: true,
      request: {
        services: [
          {
            kind: 'rtc',
            channel: 'ward-7',
            account: 'alice',
            privileges: { join: true, audio: false, video: false, data: false },
          },
        ],
        lifetimeSeconds: 300,
      },
    });
  });

  it('takes single privileges only as ticked, and any user as the wildcard', () => {
    const read = readMintForm(
      form({
        kind: 'rtc',
        channel: 'c',
        anyUser: 'on',
        account: 'ignored',
        role: 'custom',
        join: 'on',
        data: 'on',
        lifetimeSeconds: '60',
      }),
    );
    expect(read).toMatchObject({
      ok: true,
      request: { services: [{ account: '*', privileges: { join: true, audio: false, video: false, data: true } }] },
    });
  });

  it('becomes a messaging request', () => {
    expect(readMintForm(form({ kind: 'messaging', user: 'alice', lifetimeSeconds: '60' }))).toMatchObject({
      ok: true,
      request: { services: [{ kind: 'rtm2', user: 'alice' }] },
    });
  });

  it('names the field in error', () => {
    expect(
      readMintForm(form({ kind: 'rtc', channel: '', account: '', role: 'audience', lifetimeSeconds: '90000' })),
    ).toMatchObject({
      ok: false,
      fields: {
        channel: expect.any(String),
        account: expect.any(String),
        lifetimeSeconds: expect.stringContaining('24 hours'),
      },
    });
    expect(readMintForm(form({ kind: 'messaging', user: '', lifetimeSeconds: '60' }))).toEqual({
      ok: false,
      fields: { user: 'Name the user.' },
    });
  });
});

describe('lifetimes', () => {
  it('stay within the cap and hold it', () => {
    expect(lifetimes(14_400).map(({ value }) => value)).toEqual(['300', '900', '3600', '14400']);
    expect(lifetimes(600).map(({ value }) => value)).toEqual(['300', '600']);
    expect(defaultLifetime(600)).toBe('600');
    expect(defaultLifetime(86_400)).toBe('3600');
  });
});
