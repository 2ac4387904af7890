import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { accessOf, CUSTOMERS_TOO, STEP_UPS } from '@/lib/authz';
import { doorFiles, doorsOf } from '../support/doors';
import { ROOT, sourceFiles } from '../support/imports';

// A request of nobody: the console's host, no cookie, no token.
vi.mock('next/headers', () => ({
  cookies: async () => ({ get: () => undefined, set: () => undefined }),
  headers: async () => new Headers({ host: 'localhost:3000' }),
}));

// Outside Next there is no client half of the router; what doors use of it only throws.
vi.mock('next/navigation', () => {
  const thrown = (digest: string) => () => {
    throw Object.assign(new Error(digest), { digest });
  };
  return {
    redirect: thrown('NEXT_REDIRECT'),
    notFound: thrown('NEXT_NOT_FOUND'),
    permanentRedirect: thrown('NEXT_REDIRECT'),
    RedirectType: {},
  };
});

process.env.CORDON_CONSOLE_SECRET = 'a secret for tests, long enough to be accepted';
process.env.CORDON_CONSOLE_ORIGIN = 'http://localhost:3000';
process.env.CORDON_STAFF_ORIGIN = 'http://staff.localhost:3000';

const doors = (
  await Promise.all(
    doorFiles().map(async ({ file, kind }) => {
      const module = (await import(join(ROOT, file))) as Record<string, unknown>;
      return doorsOf(kind, module).map(([name, door]) => ({ id: `${file} ${name}`, kind, door }));
    }),
  )
).flat();

const LEDGER = join(ROOT, 'test/architecture/doors.txt');

describe('doors', () => {
  it('are all guarded', () => {
    expect(doors.filter(({ door }) => !accessOf(door)).map(({ id }) => id)).toEqual([]);
  });

  it('are the ones in the ledger, so that a new door shows in the diff', () => {
    const lines = doors.map(({ id, door }) => {
      const access = accessOf(door);
      if (!access) return `${id}  UNGUARDED`;
      if ('public' in access) return `${id}  public: ${access.public.why}`;
      const { realm, subject, action, asks } = access;
      return `${id}  ${realm} ${subject}.${action}${asks ? ` +step-up ${asks}` : ''}`;
    });
    const text = `${lines.join('\n')}\n`;
    // CORDON_LEDGER=write accepts what the diff then shows.
    if (process.env.CORDON_LEDGER === 'write') writeFileSync(LEDGER, text);
    expect(text).toBe(readFileSync(LEDGER, 'utf8'));
  });

  it('name the step-up their act asks for, each the one of that act', () => {
    const asked = doors.flatMap(({ door }) => {
      const access = accessOf(door);
      return access && !('public' in access) && access.asks
        ? [[access.asks, [access.subject, access.action, access.realm]] as const]
        : [];
    });
    for (const [asks, act] of asked)
      expect([STEP_UPS[asks], (CUSTOMERS_TOO as Partial<Record<typeof asks, unknown>>)[asks]], asks).toContainEqual(
        act,
      );
    expect(new Set(asked.map(([asks]) => asks))).toEqual(new Set(Object.keys(STEP_UPS)));
  });

  it('refuse somebody without credentials', async () => {
    const open: string[] = [];
    for (const { id, kind, door } of doors) {
      const access = accessOf(door);
      if (!access || 'public' in access) continue;
      const url = 'http://localhost:3000/';
      const params = {
        params: Promise.resolve(new Proxy({}, { get: (_, key) => (key === 'then' ? undefined : 'unknown') })),
      };
      const answer =
        kind === 'route'
          ? await door(new Request(url) as never, params as never)
          : await door({} as never, new FormData() as never);
      const refused =
        answer instanceof Response
          ? [401, 403, 404].includes(answer.status)
          : (answer as { code?: string })?.code !== undefined && !(answer as { ok?: boolean }).ok;
      if (!refused) open.push(id);
    }
    expect(open).toEqual([]);
  });

  it('are never written inline, where no list could see them', () => {
    const inline = sourceFiles(['app']).filter((file) =>
      /\n\s+['"]use server['"]/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(inline).toEqual([]);
  });
});
