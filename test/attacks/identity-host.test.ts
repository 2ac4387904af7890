import { NextRequest } from 'next/server';
import { beforeAll, describe, expect, it } from 'vitest';

const CONSOLE = 'https://console.example.com';
const STAFF = 'https://staff.example.com';
let proxy: typeof import('@/proxy').proxy;

beforeAll(async () => {
  process.env.CORDON_CONSOLE_ORIGIN = CONSOLE;
  process.env.CORDON_STAFF_ORIGIN = STAFF;
  process.env.CORDON_EDGE_ORIGINS = 'https://eu-1.example.com';
  ({ proxy } = await import('@/proxy'));
});

const send = (url: string, headers: Record<string, string>, method = 'GET') =>
  proxy(new NextRequest(url, { method, headers }));
/** What Next would hand to pages: proxies pass changed request headers under this name. */
const forwarded = (response: Response, name: string) => response.headers.get(`x-middleware-request-${name}`);

describe('an attacker who writes the Host header', () => {
  // The attacker points a name of their own at the console, or sends a Host header of their own through a shared front,
  // and hopes that links, cookies or redirects are then made for that name.
  it('is told that the request was misdirected, whatever page was asked for', () => {
    for (const host of [
      'evil.example',
      'console.example.com.evil.example',
      'console.example.com:8443',
      'console.example.com.',
    ]) {
      const response = send(`${CONSOLE}/sign-in`, { host });
      expect(response.status, host).toBe(421);
      expect(response.headers.get('location')).toBeNull();
    }
    expect(send(`${CONSOLE}/`, {}).status).toBe(421);
  });

  // Frameworks prefer X-Forwarded-Host over Host when they build absolute URLs, so the attacker sends the right Host and
  // a forwarded one of their own.
  it('gains nothing from X-Forwarded-Host: it is overwritten with the console’s own', () => {
    const response = send(`${CONSOLE}/sign-in`, {
      host: 'console.example.com',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '81',
    });
    expect(response.status).toBe(200);
    expect(forwarded(response, 'x-forwarded-host')).toBe('console.example.com');
    expect(forwarded(response, 'x-forwarded-proto')).toBe('https');
    expect(forwarded(response, 'x-forwarded-port')).toBeNull();
  });
});

describe('an attacker who looks for staff pages', () => {
  // A customer, or a page running on the customer origin, asks for staff paths there, where customer cookies are sent.
  it('finds none on the customer origin, and no customer pages on the staff origin', () => {
    for (const path of ['/staff', '/staff/requests', '/setup']) {
      expect(send(CONSOLE + path, { host: 'console.example.com' }).status, path).toBe(404);
    }
    for (const path of ['/acme/projects', '/api/v1/openapi.json', '/choose']) {
      expect(send(STAFF + path, { host: 'staff.example.com' }).status, path).toBe(404);
    }
  });

  it('is sent from the staff origin’s root to the staff console, on that same origin', () => {
    const response = send(`${STAFF}/`, { host: 'staff.example.com', 'x-forwarded-host': 'evil.example' });
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(`${STAFF}/staff`);
  });

  // The same with the path dressed up, in the hope that the check and the router read it differently.
  it('finds none under other spellings', () => {
    for (const path of ['/staff/', '/./staff', '/x/../staff', '/staff/%2e%2e/staff']) {
      expect(send(CONSOLE + path, { host: 'console.example.com' }).status, path).toBe(404);
    }
  });
});

describe('a foreign page', () => {
  // A page on another site submits a form to the console; the browser attaches what cookies it may and an Origin header.
  it('cannot post to either origin, not even from the other one of the console', () => {
    const post = (origin: string, site: string) =>
      send(`${CONSOLE}/sign-out`, { host: 'console.example.com', origin, 'sec-fetch-site': site }, 'POST').status;
    expect(post('https://evil.example', 'cross-site')).toBe(403);
    expect(post(STAFF, 'same-site')).toBe(403);
    expect(post('null', 'cross-site')).toBe(403);
    expect(post(CONSOLE, 'same-origin')).toBe(200);
  });

  // It puts the console into a frame, or injects a script tag through some field.
  it('cannot frame the console, and an injected script has no nonce', () => {
    const first = send(`${CONSOLE}/sign-in`, { host: 'console.example.com' });
    const second = send(`${CONSOLE}/sign-in`, { host: 'console.example.com' });
    const policy = first.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic';/);
    expect(policy).toContain("connect-src 'self' https://eu-1.example.com wss://eu-1.example.com;");
    expect(second.headers.get('content-security-policy')).not.toBe(policy);
    expect(policy).toContain(`'nonce-${forwarded(first, 'x-nonce')}'`);
    expect(first.headers.get('cache-control')).toBe('private, no-store');
  });

  // It chooses the nonce itself by sending the header the pages read it from.
  it('cannot choose the nonce', () => {
    const response = send(`${CONSOLE}/sign-in`, { host: 'console.example.com', 'x-nonce': 'chosen' });
    expect(forwarded(response, 'x-nonce')).not.toBe('chosen');
  });
});
