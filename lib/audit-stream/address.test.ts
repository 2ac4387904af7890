import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostOf, parseReceiver } from './address';

describe('an address of a receiver', () => {
  it.each([
    ['http', 'https://siem.example.com/in?key=1', 'siem.example.com:443', '/in?key=1'],
    ['http', 'https://siem.example.com:8088', 'siem.example.com:8088', '/'],
    ['http', 'https://[2606:4700::1111]/', '[2606:4700::1111]:443', '/'],
    ['http', 'https://0x7f.1/', '127.0.0.1:443', '/'],
    ['http', 'https://2130706433/', '127.0.0.1:443', '/'],
    ['http', 'https://[::ffff:127.0.0.1]/', '[::ffff:7f00:1]:443', '/'],
    ['http', 'http://127.0.0.1:8080/', '127.0.0.1:8080', '/'],
    ['syslog', 'siem.example.com', 'siem.example.com:6514', '/'],
    ['syslog', 'SIEM.example.com:10514', 'siem.example.com:10514', '/'],
    ['syslog', '[2606:4700::1111]:6514', '[2606:4700::1111]:6514', '/'],
  ] as const)('%s %s is %s', (kind, text, host, path) => {
    const receiver = parseReceiver(kind, text)!;
    expect([hostOf(receiver), receiver.path]).toEqual([host, path]);
  });

  it.each([
    ['http', 'siem.example.com'],
    ['http', 'ftp://siem.example.com/'],
    ['http', 'file:///etc/passwd'],
    ['http', 'https://ada:secret@siem.example.com/'],
    ['http', 'https://siem.example.com/#part'],
    ['http', 'https://'],
    ['syslog', 'https://siem.example.com'],
    ['syslog', 'siem.example.com:6514/path'],
    ['syslog', 'siem.example.com:0x1'],
    ['syslog', 'ada@siem.example.com:6514'],
    ['syslog', 'siem.example.com?x:1'],
    ['syslog', 'siem.example.com:70000'],
    ['syslog', ''],
  ] as const)('%s %j is none', (kind, text) => {
    expect(parseReceiver(kind, text)).toBeNull();
  });

  it('is read or refused, whatever is typed, and never more than name, port and path', () => {
    fc.assert(
      fc.property(fc.constantFrom('http', 'syslog' as const), fc.string({ maxLength: 300 }), (kind, text) => {
        const receiver = parseReceiver(kind, kind === 'http' ? `https://${text}` : text);
        if (receiver) expect(receiver.host).toMatch(/^[a-z0-9.:_-]+$/i);
      }),
    );
  });
});
