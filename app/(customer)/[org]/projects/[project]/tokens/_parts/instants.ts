import { formatExact } from '@/app/_ui/format';

/** The facts of a decision for people: edges write times as Unix seconds, and only rules about time have any. */
export function readable(detail: string, code: string): string {
  const timed =
    code.startsWith('revoked.') ||
    code === 'token.expired' ||
    code === 'token.not_yet_valid' ||
    code === 'privilege.expired';
  return timed ? detail.replace(/\b[12]\d{9}\b/g, (seconds) => formatExact(Number(seconds) * 1000)) : detail;
}
