import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from './config';

const env = {
  CORDON_EDGE_NAME: 'eu-1',
  CORDON_EDGE_REGION: 'EU',
  CORDON_EDGE_HOME: '/var/lib/cordon/eu-1',
  CORDON_EDGE_PORT: '7411',
  CORDON_EDGE_MEDIA_PORT: '7412',
  CORDON_EDGE_URL: 'http://localhost:7411/',
  CORDON_EDGE_RELAY_PORT: '7413',
  CORDON_EDGE_RELAY: '127.0.0.1:7413',
  CORDON_CONTROL_URL: 'https://127.0.0.1:7400',
};
const problems = (change: Record<string, string | undefined>): readonly string[] => {
  try {
    parseConfig({ ...env, ...change });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('the configuration of an edge', () => {
  it('is read once, with defaults for one machine', () => {
    expect(parseConfig(env)).toMatchObject({
      name: 'eu-1',
      host: '127.0.0.1',
      mediaHost: '127.0.0.1',
      port: 7411,
      url: 'http://localhost:7411',
      tls: undefined,
      trustedProxies: [],
    });
  });

  it('names every variable that is missing or wrong, at once', () => {
    expect(problems({ CORDON_EDGE_NAME: undefined, CORDON_EDGE_REGION: 'MARS', CORDON_EDGE_PORT: 'x' })).toEqual([
      'CORDON_EDGE_NAME is required',
      expect.stringContaining('CORDON_EDGE_REGION'),
      expect.stringContaining('CORDON_EDGE_PORT'),
    ]);
  });

  it.each([
    ['CORDON_EDGE_NAME', 'EU 1'],
    ['CORDON_EDGE_URL', 'ftp://x'],
    ['CORDON_CONTROL_URL', 'http://127.0.0.1:1'],
    ['CORDON_EDGE_RELAY', 'nowhere'],
    ['CORDON_EDGE_MEDIA_HOST', '0.0.0.0'],
    ['CORDON_CONTROL_FINGERPRINT', 'abc'],
    ['CORDON_EDGE_TRUSTED_PROXIES', '10.0.0.0/8, 10.0.0.1'],
    ['CORDON_EDGE_TLS_CERT', '/nonexistent'],
  ])('refuses %s=%s', (name, value) => {
    expect(problems({ [name]: value })).toEqual([expect.stringContaining(name)]);
  });

  it('requires TLS beyond loopback', () => {
    expect(problems({ CORDON_EDGE_HOST: '192.0.2.1' })).toEqual([expect.stringContaining('CORDON_EDGE_TLS_CERT')]);
    expect(problems({ CORDON_EDGE_HOST: 'localhost' })).toEqual([]);
  });
});
