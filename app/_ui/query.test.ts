import { expect, test } from 'vitest';
import { withParams } from './query';

test('a change keeps the other filters and drops the cursor', () => {
  const current = { state: 'stale', q: 'eu fra', cursor: 'abc' };
  expect(withParams('/fleet', current, { state: null })).toBe('/fleet?q=eu+fra');
  expect(withParams('/fleet', current, { region: 'EU' })).toBe('/fleet?state=stale&q=eu+fra&region=EU');
  expect(withParams('/fleet', current, { cursor: 'next' })).toBe('/fleet?state=stale&q=eu+fra&cursor=next');
  expect(withParams('/fleet', { q: '' }, {})).toBe('/fleet');
});
