import { describe, expect, it } from 'vitest';
import { readOrigins } from './origins';

const read = (console: string | undefined, staff: string | undefined = 'https://staff.example.com') =>
  readOrigins({ CORDON_CONSOLE_ORIGIN: console, CORDON_STAFF_ORIGIN: staff } as unknown as NodeJS.ProcessEnv);

describe('the origins of the console', () => {
  it('are read, with or without a slash', () => {
    expect(read('https://console.example.com/')).toEqual({
      customer: 'https://console.example.com',
      staff: 'https://staff.example.com',
    });
    expect(read('http://localhost:3000', 'http://staff.localhost:3000').customer).toBe('http://localhost:3000');
  });

  it.each([
    ['missing', undefined, undefined, 'CORDON_CONSOLE_ORIGIN must be an origin'],
    ['no address', 'console', undefined, 'CORDON_CONSOLE_ORIGIN must be an origin'],
    ['a page', 'https://console.example.com/x', undefined, 'CORDON_CONSOLE_ORIGIN must be an origin'],
    ['another scheme', 'file:///', undefined, 'CORDON_CONSOLE_ORIGIN must be an origin'],
    ['plain HTTP elsewhere', 'http://console.example.com', undefined, 'CORDON_CONSOLE_ORIGIN must be https'],
    ['an IPv4 address', 'https://192.0.2.1', undefined, 'CORDON_CONSOLE_ORIGIN must have a host name'],
    ['an IPv6 address', 'https://[2001:db8::1]', undefined, 'CORDON_CONSOLE_ORIGIN must have a host name'],
    [
      'one host name for both',
      'https://a.example',
      'https://a.example:8443',
      'CORDON_STAFF_ORIGIN must have a host name',
    ],
  ])('are refused by name: %s', (_, console, staff, message) => {
    expect(() => read(console, staff)).toThrow(message);
  });
});
