import { describe, expect, it } from 'vitest';
import { ambiguity } from './first-look';

const look = (url: string, ...rawHeaders: string[]) => ambiguity({ url, rawHeaders });

describe('a request', () => {
  it('names one host, once', () => {
    expect(look('/', 'Host', 'a.example')).toBeNull();
    expect(look('/', 'Host', 'a.example', 'host', 'b.example')).toBe('host.count');
    expect(look('/', 'Host', 'a.example', 'HOST', 'a.example')).toBe('host.count');
    expect(look('/', 'X-Host', 'a.example')).toBe('host.count');
    // A value that reads like a name is no name.
    expect(look('/', 'Accept', 'host', 'Host', 'a.example')).toBeNull();
  });

  it('names a path, not another host', () => {
    for (const url of ['http://evil.example/', 'https://a.example/x', '*', 'a.example:80', ''])
      expect(look(url, 'Host', 'a.example')).toBe('target.form');
  });

  it('can be decoded', () => {
    for (const url of ['/%', '/%ff', '/a%zz?b']) expect(look(url, 'Host', 'a.example')).toBe('target.encoding');
    expect(look('/%c3%a9?callbackUrl=%', 'Host', 'a.example')).toBeNull();
  });
});
