import { describe, expect, it } from 'vitest';
import { createAddressStamp } from './client-address';

const seen = (
  choices: Parameters<typeof createAddressStamp>[0],
  remoteAddress: string,
  headers: Record<string, string>,
) => {
  createAddressStamp(choices)({ headers, socket: { remoteAddress } });
  return headers;
};

describe('the header that says where a request comes from', () => {
  it('is the connection, whatever the client wrote', () => {
    const direct = { proxies: [], header: 'x-forwarded-for' };
    expect(seen(direct, '::ffff:203.0.113.9', { 'x-forwarded-for': '198.51.100.1' })).toEqual({
      'x-forwarded-for': '203.0.113.9',
    });
    expect(seen(direct, '203.0.113.9', {})).toEqual({ 'x-forwarded-for': '203.0.113.9' });
  });

  it('is the connection under the name the operator chose too', () => {
    const renamed = { proxies: ['192.0.2.1'], header: 'x-real-ip' };
    const claimed = { 'x-real-ip': '198.51.100.1', 'x-forwarded-for': '198.51.100.2' };
    expect(seen(renamed, '203.0.113.9', { ...claimed })).toEqual({
      'x-real-ip': '203.0.113.9',
      'x-forwarded-for': '203.0.113.9',
    });
  });

  it('is what a declared proxy wrote', () => {
    const behind = { proxies: ['192.0.2.1'], header: 'x-forwarded-for' };
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    expect(seen(behind, '192.0.2.1', { ...forwarded })).toEqual(forwarded);
    expect(seen(behind, '192.0.2.2', { ...forwarded })).toEqual({ 'x-forwarded-for': '192.0.2.2' });
  });
});
