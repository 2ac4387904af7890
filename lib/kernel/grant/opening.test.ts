/** The ways in, in the words that are signed; and watching a channel, which is one of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acts, CAST, enter, foundedLedger, having, id, request, signedBy } from '@/test/support/grants';
import type { Terms } from '../act';
import { areTerms } from '../act';
import { type Entry, OPEN_SECONDS, openingTerms, readOpening, type Way, watching } from './index';

const T = 1_000_000;
const { asker, security, onCall } = CAST;
const [GRANT, SESSION] = [id('grt', 1), id('ssn', 1)];
const APP = 'ab'.repeat(16);
const TOKEN = 'c'.repeat(64);

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const base = {
  session: hex(32).map((text) => `ssn_${text}`),
  address: fc.oneof(fc.constant(null), fc.constantFrom('192.0.2.7', '2001:db8::1')),
};
const onHost = fc.record<Way>({
  ...base,
  target: fc.constantFrom('host:eu-1', 'host:a'),
  through: fc.constantFrom('web terminal', `key SHA256:${'A'.repeat(43)}`),
  channel: fc.constant(null),
});
const inChannel = fc.record<Way>({
  ...base,
  target: hex(32).map((text) => `app:${text}`),
  through: fc.constant('media-plane'),
  channel: fc.stringMatching(/^[A-Za-z0-9!#$%&()+:;<=.>?@[\]^_{}|~,-]{1,63}$/),
});

describe('the terms of an opening', () => {
  it('read back as they were meant, and fit into a statement', () => {
    fc.assert(
      fc.property(fc.oneof(onHost, inChannel), (way) => {
        const terms = openingTerms(way);
        expect(readOpening(terms)).toEqual(way);
        expect(areTerms(terms)).toBe(true);
      }),
    );
  });

  it('are of a host or of a channel, and of no mixture', () => {
    fc.assert(
      fc.property(onHost, inChannel, (host, watched) => {
        for (const over of [
          { ...host, target: watched.target },
          { ...host, through: watched.through },
          { ...host, channel: watched.channel },
          { ...watched, target: host.target },
          { ...watched, through: host.through },
          { ...watched, channel: null },
        ])
          expect(() => openingTerms(over)).toThrow(RangeError);
      }),
    );
  });

  const sample: Way = {
    session: SESSION,
    target: `app:${APP}`,
    through: 'media-plane',
    channel: 'room',
    address: null,
  };
  it.each<[string, (terms: Terms) => Terms]>([
    ['a second channel', (terms) => [...terms, ['Channel', 'hall']]],
    ['another order', (terms) => [...terms].reverse()],
    ['a missing address', (terms) => terms.slice(0, -1)],
    ['a space at the end', (terms) => terms.map(([name, value]) => [name, name === 'Channel' ? 'room ' : value])],
    ['every channel', (terms) => terms.map(([name, value]) => [name, name === 'Channel' ? '*' : value])],
  ])('are none with %s', (_, change) => {
    expect(readOpening(openingTerms(sample))).toEqual(sample);
    expect(readOpening(change(openingTerms(sample)))).toBeNull();
  });
});

describe('watching', () => {
  const terms = request(T, { targets: [`app:${APP}`, 'host:eu-1'] });
  const granted = having(
    foundedLedger(T, T + 86_400),
    signedBy(asker, acts.ask(GRANT, terms), T),
    signedBy(security, acts.vote(GRANT, terms, 'security'), T),
    signedBy(onCall, acts.vote(GRANT, terms, 'on-call'), T),
  );
  const way = { session: SESSION, target: `app:${APP}`, through: 'media-plane', channel: 'room' };
  const opened = having(granted, signedBy(asker, acts.open(GRANT, way), T));
  const begun = (at = T) => having(opened, { start: { session: SESSION, at, token: TOKEN } });
  const deadline = T + 3600;

  it('is for the token that the session was used for, while the grant runs', () => {
    expect(watching(granted, SESSION, APP, T)).toBeNull();
    expect(watching(opened, SESSION, APP, T)).toBeNull();
    expect(watching(begun(), SESSION, APP, T)).toEqual({ token: TOKEN, until: deadline });
    expect(watching(begun(), SESSION, APP, deadline - 1)).toEqual({ token: TOKEN, until: deadline });
    expect(watching(begun(), SESSION, APP, deadline)).toBeNull();
    expect(watching(begun(), SESSION, 'cd'.repeat(16), T)).toBeNull();
    expect(watching(begun(), id('ssn', 2), APP, T)).toBeNull();
  });

  it.each<[string, Entry]>([
    ['revoked', { end: { request: GRANT, at: T + 60, why: 'revoked' } }],
    ['its person’s no more', { leave: { user: asker, at: T + 60 } }],
  ])('is over when the grant is %s', (_, entry) => {
    const over = having(begun(), entry);
    expect(watching(over, SESSION, APP, T + 60)).toBeNull();
  });

  it('begins once, in two minutes, with a token; on a host without one', () => {
    const token = { session: SESSION, at: T, token: TOKEN };
    expect(enter(opened, { start: { session: SESSION, at: T } })).toBe('grant.target');
    expect(enter(opened, { start: { ...token, at: T + OPEN_SECONDS } })).toBe('grant.unknown');
    expect(enter(begun(), { start: token })).toBe('grant.unknown');
    const onMachine = having(granted, signedBy(asker, acts.open(GRANT, { session: SESSION }), T));
    expect(enter(onMachine, { start: token })).toBe('grant.target');
    expect(watching(having(onMachine, { start: { session: SESSION, at: T } }), SESSION, APP, T)).toBeNull();
  });

  it('is for no target that was not granted', () => {
    const elsewhere = { ...way, target: `app:${'cd'.repeat(16)}` };
    expect(enter(granted, signedBy(asker, acts.open(GRANT, elsewhere), T))).toBe('grant.target');
  });
});
