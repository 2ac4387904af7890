import { describe, expect, it } from 'vitest';
import { IMPORT_LIMITS, planImport } from './import';

const faults = (text: string) => {
  const plan = planImport(text);
  return plan.ok ? [] : plan.faults;
};

describe('a list of people to invite', () => {
  it('is read whatever the order of columns, the case, the quotes and the line ends', () => {
    expect(
      planImport(
        '\uFEFFName,Role,Email\r\n"Ng, Ada",Security,ADA@provider.example\r\n\r\nBo,support,bo@provider.example',
      ),
    ).toEqual({
      ok: true,
      rows: [
        { email: 'ada@provider.example', role: 'security' },
        { email: 'bo@provider.example', role: 'support' },
      ],
    });
  });

  it('is refused as a whole, and every bad line is named', () => {
    expect(
      faults(
        'email,role\nada@provider.example,security\nnobody,support\nbo@provider.example,root\nada@provider.example,auditor',
      ),
    ).toEqual([
      { line: 3, says: 'This is no email address.' },
      { line: 4, says: 'The role is one of administrator, security, support, auditor.' },
      { line: 5, says: 'The same address stands in line 2.' },
    ]);
  });

  it('says what is wrong with the list itself', () => {
    expect(faults('')).toEqual([{ line: 1, says: expect.stringContaining('empty') }]);
    expect(faults('mail,role\na@provider.example,support')).toEqual([
      { line: 1, says: 'The heading has no column email.' },
    ]);
    expect(faults('email,role\n"open,support\n')).toEqual([
      { line: expect.any(Number), says: expect.stringContaining('quote') },
    ]);
    expect(faults('email,role\na@provider.example,support,more')[0]?.line).toBe(2);
  });

  it('has its limits looked at before it is parsed', () => {
    const row = (n: number) => `p${n}@provider.example,support`;
    const list = (n: number) => ['email,role', ...Array.from({ length: n }, (_, at) => row(at))].join('\n');
    expect(planImport(list(IMPORT_LIMITS.rows)).ok).toBe(true);
    expect(faults(list(IMPORT_LIMITS.rows + 1))[0]?.says).toContain('at most 100');
    expect(faults(`email,role\n${'x'.repeat(IMPORT_LIMITS.bytes)}`)[0]?.says).toContain('64 KiB');
    expect(faults(`email,role\n${'x'.repeat(5000)},support`)).toHaveLength(1);
  });

  it('takes no name from a prototype for a column', () => {
    expect(faults('__proto__,constructor\na@provider.example,support')[0]?.line).toBe(1);
  });
});
