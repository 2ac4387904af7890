import { describe, expect, it } from 'vitest';
import { cookieNames, cookieOptions } from './cookies';
import { parseOrigin, parseOrigins, realmOfHost } from './origins';

const local = parseOrigins({
  CORDON_CONSOLE_ORIGIN: 'http://localhost:3000',
  CORDON_STAFF_ORIGIN: 'http://staff.localhost:3000',
});
const real = parseOrigins({
  CORDON_CONSOLE_ORIGIN: 'https://console.example.com',
  CORDON_STAFF_ORIGIN: 'https://staff.example.com/',
});

describe('origins', () => {
  it('are https, except on loopback', () => {
    expect(() => parseOrigin('X', 'http://console.example.com')).toThrow('X must be https');
    expect(() => parseOrigin('X', 'http://localhost.example.com')).toThrow('X must be https');
    expect(parseOrigin('X', 'http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080');
    for (const bad of ['', 'console', 'ftp://a.example', 'https://a.example/path', 'https://u:p@a.example']) {
      expect(() => parseOrigin('X', bad)).toThrow('X');
    }
  });

  it('must not share a host name, because cookies know no ports', () => {
    expect(() =>
      parseOrigins({ CORDON_CONSOLE_ORIGIN: 'http://localhost:3000', CORDON_STAFF_ORIGIN: 'http://localhost:3001' }),
    ).toThrow('CORDON_STAFF_ORIGIN');
  });

  it('turn a Host header into a realm only when it is exactly one of them', () => {
    expect(realmOfHost(local, 'localhost:3000')).toBe('customer');
    expect(realmOfHost(local, 'STAFF.localhost:3000')).toBe('staff');
    for (const host of [
      null,
      '',
      'localhost',
      'localhost:3001',
      'staff.localhost:3000.',
      'staff.localhost:3000 ',
      'a.staff.localhost:3000',
    ]) {
      expect(realmOfHost(local, host)).toBeNull();
    }
    expect(realmOfHost(real, 'staff.example.com')).toBe('staff');
  });

  it('give each realm cookie names of its own, pinned to the host over https', () => {
    expect(cookieNames(real, 'staff').session).toBe('__Host-cordon-session-staff');
    expect(cookieNames(local, 'customer').session).toBe('cordon-session-customer');
    expect(cookieOptions(real, 'staff')).toEqual({ httpOnly: true, sameSite: 'lax', path: '/', secure: true });
    // next-auth reads every cookie whose name starts with the session's as a piece of it.
    const { session, ...others } = cookieNames(real, 'customer');
    for (const name of Object.values(others)) expect(name.startsWith(session)).toBe(false);
  });
});
