/** Witness policies (C2SP tlog-policy): the example of the specification, and what is refused. */
import { describe, expect, it } from 'vitest';
import { COSIGNATURE, formatVkey } from '@/lib/kernel/log';
import { host, signerOf, VKEY } from '@/test/foreign/world';
import { isWitnessed, parsePolicy } from './policy';

const keys = [10, 11, 12, 13, 14, 15].map((seed) => signerOf(`w${seed}.example`, seed, COSIGNATURE).key);
const [x1, x2, x3, y1, y2, y3] = keys.map(formatVkey);
const EXAMPLE = `
log ${VKEY} https://log.example/
# the others
witness X1 ${x1}
witness X2 ${x2}\thttps://w.example/
  witness  X3\t${x3}
group X-witnesses 2 X1 X2 X3

witness Y1 ${y1}
witness Y2 ${y2}
witness Y3 ${y3}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe('the example of the specification', () => {
  const policy = parsePolicy(host, EXAMPLE);
  if ('line' in policy) throw new Error(`line ${policy.line}`);
  it.each([
    [[0, 1, 3], true],
    [[0, 2, 5], true],
    [[0, 1, 2, 3, 4, 5], true],
    [[0, 1, 2], false],
    [[0, 3, 4, 5], false],
    [[], false],
  ])('is met by %j: %s', (places, met) => {
    const cosigners = places.map((place) => ({ key: keys[place]!, time: 1 }));
    expect(isWitnessed(policy, cosigners)).toBe(met);
  });

  it('knows the log', () => {
    expect(policy.logs.map(formatVkey)).toEqual([VKEY]);
  });
});

describe('a policy is refused', () => {
  const two = `witness a ${x1}\nwitness b ${x2}\n`;
  it.each([
    ['without a quorum', two, 3],
    ['with two', `${two}quorum a\nquorum b\n`, 4],
    ['with a quorum of nobody known', `${two}quorum c\n`, 3],
    ['with a quorum that is named later', `quorum a\n${two}`, 1],
    ['with a name twice', `${two}group a any b\nquorum a\n`, 3],
    ['with a witness twice', `${two}witness c ${x1}\nquorum a\n`, 3],
    ['with a witness called none', `witness none ${x1}\nquorum none\n`, 1],
    ['with none as a member', `${two}group g any none\nquorum g\n`, 3],
    ['with a member of two groups', `${two}group g any a\ngroup h any a\nquorum h\n`, 4],
    ['with a member twice', `${two}group g any a a\nquorum g\n`, 3],
    ['with an empty group', `${two}group g all\nquorum g\n`, 3],
    ['with a threshold of 0', `${two}group g 0 a b\nquorum g\n`, 3],
    ['with a threshold above the members', `${two}group g 3 a b\nquorum g\n`, 3],
    ['with a threshold that is no decimal', `${two}group g 02 a b\nquorum g\n`, 3],
    ['with the key of a log as a witness', `witness a ${VKEY}\nquorum a\n`, 1],
    ['with the key of a witness as a log', `log ${x1}\nquorum none\n`, 1],
    ['with an unknown word', `${two}threshold 2\nquorum a\n`, 3],
    ['with a control character', `${two}quorum a\r\n`, 3],
    ['with a control character in a comment', `# a\u000b\n${two}quorum a\n`, 1],
    ['with a key that is none', 'witness a b\nquorum a\n', 1],
  ])('%s', (_, text, line) => {
    expect(parsePolicy(host, text)).toEqual({ line });
  });

  it('beyond 64 KiB and beyond 256 names', () => {
    expect(parsePolicy(host, `${'#'.repeat(65_536)}\nquorum none\n`)).toEqual({ line: 0 });
    expect(parsePolicy(host, `${'#\u00fc'.repeat(22_000)}\nquorum none\n`)).toEqual({ line: 0 });
    const groups = Array.from({ length: 256 }, (_, i) => `group g${i} any ${i === 0 ? 'a' : `g${i - 1}`}\n`).join('');
    expect(parsePolicy(host, `witness a ${x1}\n${groups}quorum a\n`)).toEqual({ line: 257 });
  });
});
