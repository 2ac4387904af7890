import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkKeys, checkResource, checkResources } from './resources-schema';

const APP = '0123456789abcdef0123456789abcdef';
const SAMPLES = [
  {
    kind: 'project',
    id: APP,
    version: 3,
    projectId: 'prj_1',
    organisationId: 'org_1',
    name: '',
    status: 'active',
    environment: 'production',
    mode: 'token',
    certificates: [{ id: 'crt_1', slot: 'primary', sealed: 'r1.EU.x' }],
  },
  {
    kind: 'tokenPolicy',
    id: APP,
    version: 3,
    maxLifetimeSeconds: 86_400,
    wildcardChannel: false,
    wildcardUser: true,
    legacy006: false,
    clockSkewSeconds: 30,
  },
  { kind: 'fence', id: APP, version: 3, regions: ['EU', 'JP'] },
  { kind: 'staleness', id: APP, version: 3, joinSeconds: 0 },
  {
    kind: 'revocation',
    id: 'rev_1',
    version: 3,
    appId: APP,
    subject: { type: 'user', account: 'ünïcode' },
    issuedBefore: 1,
  },
  { kind: 'observation', id: `ssn_${APP}`, version: 3, appId: APP, tokenId: APP + APP, until: 1 },
  { kind: 'observation', id: `ssn_${APP}`, version: 3, appId: APP, tokenId: '', until: 0 },
  {
    kind: 'edges',
    id: 'edges',
    version: 3,
    generation: 1,
    edges: [{ name: 'eu-1', region: 'EU', url: 'http://localhost:1', relay: '', serving: true }],
  },
];

describe('checkResource', () => {
  it('accepts one of each kind', () => {
    for (const sample of SAMPLES) expect(checkResource(sample)).toMatchObject({ ok: true });
  });

  it('refuses each when any field is missing, and names it', () => {
    for (const sample of SAMPLES)
      for (const name of Object.keys(sample)) {
        const { [name as 'kind']: _, ...rest } = sample;
        expect(checkResource(rest)).toMatchObject({
          ok: false,
          path: `resource.${name}${name === 'subject' ? '.type' : ''}`,
        });
      }
  });

  it('refuses unknown kinds, unknown fields and values beyond their limits', () => {
    const fence = SAMPLES[2]!;
    for (const bad of [
      null,
      [],
      { ...fence, kind: 'quota' },
      { ...fence, kind: '__proto__' },
      { ...fence, extra: 1 },
      { ...fence, regions: [] },
      { ...fence, regions: ['EU', 'EU'] },
      { ...fence, regions: ['XX'] },
      { ...fence, id: APP.slice(1) },
      { ...SAMPLES[1]!, maxLifetimeSeconds: 86_401 },
      { ...SAMPLES[1]!, wildcardUser: 'yes' },
      { ...SAMPLES[4]!, subject: { type: 'toString' } },
      { ...SAMPLES[4]!, subject: { type: 'token', tokenId: 'abc' } },
      { ...SAMPLES[5]!, id: 'other' },
    ])
      expect(checkResource(bad)).toMatchObject({ ok: false });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything({ withNullPrototype: true }), (value) => void checkResource(value)));
    fc.assert(fc.property(fc.jsonValue(), (value) => void checkResource({ kind: 'project', ...(value as object) })));
  });

  it('says where in a list', () => {
    expect(checkResources([SAMPLES[2], { kind: 'fence' }], 'put')).toMatchObject({ ok: false, path: 'put[1].id' });
    expect(checkKeys(['fence/a', 'nothing/b'], 'del')).toMatchObject({ ok: false, path: 'del[1]' });
    expect(checkKeys(['fence/'], 'del').ok).toBe(false);
    expect(checkKeys(['fence/a'], 'del').ok).toBe(true);
  });
});
