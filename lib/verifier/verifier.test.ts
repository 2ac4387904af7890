/** The file as it is built and handed out. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildVerifier } from '@/lib/launch/verifier';
import { ROOT } from '@/test/support/imports';
import { readVerifier, servedVerifier } from '.';

const folder = mkdtempSync(join(tmpdir(), 'cordon-verifier-'));
const path = join(folder, 'verify.html');
let html: string;
beforeAll(async () => {
  html = await buildVerifier(ROOT);
  writeFileSync(path, html);
});
afterAll(() => rmSync(folder, { recursive: true }));

const between = (open: string, close: string) => html.slice(html.indexOf(open) + open.length, html.lastIndexOf(close));
const directives = () => {
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
  return new Map(policy.split('; ').map((each) => [each.split(' ')[0]!, each.split(' ').slice(1).join(' ')]));
};
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('the file', () => {
  it('has the same bytes each time it is built', async () => {
    expect(await buildVerifier(ROOT)).toBe(html);
  });

  it('allows its own script and style by their hashes, and no connection', () => {
    expect(Object.fromEntries(directives())).toEqual({
      'default-src': "'none'",
      'script-src': hashOf(between('<script>', '</script>')),
      'style-src': hashOf(between('<style>', '</style>')),
      'worker-src': 'blob:',
      'img-src': 'data:',
      'base-uri': "'none'",
      'form-action': "'none'",
    });
  });

  it('has one script and one style, says its policy before either, and asks for nothing else', () => {
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.match(/<style/g)).toHaveLength(1);
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<link'));
    const markup = html.replace(between('<script>', '</script>'), '').replace(between('<style>', '</style>'), '');
    expect(markup.match(/\s(?:src|srcset|href|action|data)="(?!data:image\/svg)[^"]*"/g)).toBeNull();
    expect(markup).not.toMatch(/\son[a-z]+=|\sstyle=/i);
    expect(between('<style>', '</style>')).not.toMatch(/url\(|@import|@font-face/);
  });

  it('has no way from text to markup or code', () => {
    expect(between('<script>', '</script>')).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\(|new Function|fetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(/,
    );
  });

  it('stays small enough to go into every pack', () => {
    expect(html.length).toBeLessThan(170_000);
  });
});

describe('handed out', () => {
  it('it is said with its SHA-256 and its policy, which no frame may hold', () => {
    const verifier = readVerifier(path);
    expect(verifier.sha256).toBe(createHash('sha256').update(html).digest('hex'));
    expect(verifier.policy).toMatch(/^default-src 'none'; script-src 'sha256-.*; frame-ancestors 'none'$/);
  });

  it('it must be there, and be it', () => {
    expect(() => readVerifier(join(folder, 'none.html'))).toThrow('npm run build');
    writeFileSync(join(folder, 'other.html'), '<p>Verified!');
    expect(() => readVerifier(join(folder, 'other.html'))).toThrow('is not the verifier');
  });

  it('by a console, it has that console’s words in one attribute and nothing else changed', () => {
    const name = `"><script>alert('&')</script>`;
    const served = servedVerifier(readVerifier(path), { name, vkeys: ['a+1+b', 'c+2+d'] });
    const [, content = ''] = /<meta name="cordon-console" content="([^"<>']*)">/.exec(served) ?? [];
    const text = content.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    expect(JSON.parse(text)).toEqual({ name, vkeys: 'a+1+b\nc+2+d', sha256: readVerifier(path).sha256 });
    expect(served.replace(`content="${content}"`, 'content=""')).toBe(html);
  });
});
