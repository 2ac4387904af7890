import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, parseEdgeOrigins, securityHeaders } from './headers';
import { parseOrigins } from './origins';
import { route } from './routing';

const origins = parseOrigins({
  CORDON_CONSOLE_ORIGIN: 'https://console.example.com',
  CORDON_STAFF_ORIGIN: 'https://staff.example.com',
});
const ask = (
  host: string | null,
  path: string,
  more: { method?: string; origin?: string; fetchSite?: string } = {},
) => {
  const verdict = route(origins, {
    method: more.method ?? 'GET',
    path,
    host,
    origin: more.origin ?? null,
    fetchSite: more.fetchSite ?? null,
  });
  if (verdict.act === 'pass') return verdict.realm;
  return verdict.act === 'redirect' ? verdict.to : verdict.status;
};

describe('requests', () => {
  it('to an unknown host are refused as misdirected', () => {
    expect(ask('evil.example', '/')).toBe(421);
    expect(ask(null, '/')).toBe(421);
    expect(ask('console.example.com:444', '/')).toBe(421);
  });

  it('reach staff pages on the staff origin only, and customer pages on the customer origin only', () => {
    expect(ask('console.example.com', '/acme')).toBe('customer');
    expect(ask('console.example.com', '/staff')).toBe(404);
    expect(ask('console.example.com', '/staff/requests')).toBe(404);
    expect(ask('console.example.com', '/setup')).toBe(404);
    expect(ask('console.example.com', '/staffing')).toBe('customer');
    expect(ask('staff.example.com', '/staff')).toBe('staff');
    expect(ask('staff.example.com', '/setup')).toBe('staff');
    expect(ask('staff.example.com', '/')).toBe('https://staff.example.com/staff');
    expect(ask('staff.example.com', '/acme')).toBe(404);
    expect(ask('staff.example.com', '/icon.svg')).toBe('staff');
    expect(ask('staff.example.com', '/icon.svgx')).toBe(404);
    expect(ask('staff.example.com', '/api/v1/projects')).toBe(404);
    for (const host of ['console.example.com', 'staff.example.com'])
      for (const path of ['/sign-in', '/account', '/audit/operator/checkpoint', '/transparency', '/verify'])
        expect(ask(host, path)).not.toBe(404);
  });

  it('that change something come from this origin, except to the REST API', () => {
    const post = (more: object) => ask('console.example.com', '/acme', { method: 'POST', ...more });
    expect(post({ origin: 'https://console.example.com', fetchSite: 'same-origin' })).toBe('customer');
    expect(post({ fetchSite: 'same-origin' })).toBe('customer');
    expect(post({ origin: 'https://console.example.com' })).toBe('customer');
    expect(post({})).toBe(403);
    expect(post({ origin: 'https://staff.example.com' })).toBe(403);
    expect(post({ origin: 'null' })).toBe(403);
    expect(post({ fetchSite: 'same-site' })).toBe(403);
    expect(post({ fetchSite: 'cross-site' })).toBe(403);
    expect(ask('console.example.com', '/api/v1/tokens', { method: 'POST', origin: 'https://app.example' })).toBe(
      'customer',
    );
    expect(ask('console.example.com', '/api/v1/tokens', { method: 'POST' })).toBe('customer');
  });
});

describe('answers', () => {
  it('run scripts by nonce, and reach the edges that are configured', () => {
    const policy = contentSecurityPolicy(
      'abc',
      origins.customer,
      parseEdgeOrigins('https://eu.example:7411, http://localhost:7411'),
    );
    expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
    expect(policy).toContain(
      "connect-src 'self' https://eu.example:7411 wss://eu.example:7411 http://localhost:7411 ws://localhost:7411;",
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(() => parseEdgeOrigins('https://a.example; script-src *')).toThrow('CORDON_EDGE_ORIGINS');
  });

  it('ask for TLS to be kept where there is TLS', () => {
    expect(securityHeaders('https://a.example')['Strict-Transport-Security']).toBeDefined();
    expect(securityHeaders('http://localhost:3000')['Strict-Transport-Security']).toBeUndefined();
  });
});
