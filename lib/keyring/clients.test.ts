import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Clients } from './clients';

const token = 'a'.repeat(64);
const hash = createHash('sha256').update(token).digest('hex');

describe('clients', () => {
  it('knows a client by its token alone', () => {
    const clients = new Clients({ console: hash });
    expect(clients.identify(`Bearer ${token}`)).toBe('console');
    for (const header of [undefined, '', token, `Bearer ${hash}`, `Bearer ${token} `, `Basic ${token}`, 'Bearer ']) {
      expect(() => clients.identify(header)).toThrow('request.unauthenticated');
    }
  });

  it('does not start without clients, or with unknown ones', () => {
    for (const document of [undefined, {}, [], { console: 'short' }, { stranger: hash }])
      expect(() => new Clients(document)).toThrow('CORDON_KEYRING_CLIENTS');
  });

  it('slows one that runs wild, and lets it come back', () => {
    const clients = new Clients({ console: hash });
    for (let i = 0; i < 2000; i += 1) clients.admit('console', 0);
    expect(() => clients.admit('console', 0)).toThrow('request.busy');
    clients.admit('control', 0);
    clients.admit('console', 1);
    expect(() => clients.admit('console', 1)).toThrow('request.busy');
  });
});
