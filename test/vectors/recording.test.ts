/** Screen records as a second implementation reads the specification (lib/kernel/recording): every byte must be the same. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, fromUtf8, toHex, toUtf8 } from '@/lib/kernel/encoding';
import { Frontier } from '@/lib/kernel/log';
import { castLine, commitLine, headOf, headText, type Kind, RecordingVerifier, sealedLeaf } from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';
import { redacted, verified } from '@/test/foreign/recordings';
import vectors from './recording/vectors.json';

const bytes = (name: string) => new Uint8Array(readFileSync(new URL(`recording/${name}`, import.meta.url)));
const heads = fromUtf8(bytes('heads.ndjson'))!
  .trimEnd()
  .split('\n')
  .map((line) => headOf(JSON.parse(line))!);

describe('lines', () => {
  it.each(vectors.lines.map((line, i) => [i, line] as const))('%i', (i, { line, time, kind, salt, commitment, leaf }) => {
    const sealed = commitLine(primitives, i, fromHex(salt)!, toUtf8(line)!);
    expect(toHex(sealed)).toBe(commitment);
    expect(toHex(sealedLeaf(primitives, { time, kind: kind as Kind, commitment: sealed }))).toBe(leaf);
  });

  it('have these roots', () => {
    const tree = new Frontier(primitives);
    const roots = vectors.lines.map(({ leaf }) => {
      tree.append(fromHex(leaf)!);
      return toHex(tree.root());
    });
    expect(roots).toEqual(vectors.lines.map(({ root }) => root));
  });
});

describe('files', () => {
  it('verify against these heads, whole and redacted', () => {
    for (const name of ['example.rec', 'redacted.rec']) {
      const result = verified(bytes(name), heads);
      expect(result.ok && toHex(result.report.root)).toBe(vectors.root);
    }
    expect(heads.map(headText).join('\n')).toBe(fromUtf8(bytes('heads.ndjson'))!.trimEnd());
  });

  it('are redacted and played to the same bytes', () => {
    expect(redacted(bytes('example.rec'), vectors.redacted)).toEqual(bytes('redacted.rec'));
    for (const name of ['example', 'redacted']) {
      const lines: Uint8Array[] = [];
      const verifier = new RecordingVerifier(primitives, { row: (_, line) => line && lines.push(castLine(line)) });
      verifier.push(bytes(`${name}.rec`));
      expect(new Uint8Array(Buffer.concat(lines))).toEqual(bytes(`${name}.cast`));
    }
  });
});
