import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACTIONS, abilityFor, actName, MEMBER_ROLES, may, SCOPES, STAFF_ROLES } from './abilities';
import type { Principal } from './principal';

const member = (role: keyof typeof MEMBER_ROLES): Principal => ({
  kind: 'member',
  userId: 'u',
  sessionId: 's',
  organisationId: 'o',
  role,
  secret: 's',
});
const staff = (role: keyof typeof STAFF_ROLES): Principal => ({
  kind: 'staff',
  userId: 'u',
  sessionId: 's',
  role,
  secret: 's',
});
const key = (...scopes: string[]): Principal => ({
  kind: 'api-key',
  apiKeyId: 'k',
  organisationId: 'o',
  projectId: 'p',
  scopes,
  key: 'k',
});

describe('roles', () => {
  it('list only actions that exist', () => {
    for (const lines of [...Object.values(MEMBER_ROLES), ...Object.values(STAFF_ROLES), ...Object.values(SCOPES)]) {
      for (const { subject, actions } of lines) {
        if (actions !== 'all') for (const action of actions) expect(ACTIONS[subject]).toContain(action);
      }
    }
  });

  it('keep what is dangerous from those who only read', () => {
    for (const role of ['auditor'] as const) {
      for (const [subject, actions] of Object.entries(ACTIONS)) {
        for (const action of actions) {
          if (action !== 'read' && action !== 'export')
            expect([action, may(member(role), action as never, subject as never)]).toEqual([action, false]);
        }
      }
    }
  });

  it('give staff no project data', () => {
    for (const role of Object.keys(STAFF_ROLES) as (keyof typeof STAFF_ROLES)[]) {
      for (const subject of [
        'Project',
        'Certificate',
        'Token',
        'Revocation',
        'Decision',
        'MediaSession',
        'ApiKey',
      ] as const) {
        for (const action of ACTIONS[subject])
          expect([role, subject, action, abilityFor(staff(role)).can(action, subject)]).toEqual([
            role,
            subject,
            action,
            false,
          ]);
      }
    }
  });

  it('bound an auditor of some projects to rows of these', () => {
    const scope = { until: new Date(0), projects: ['p'], from: null, before: null };
    const of = (who: Principal, subject: 'Project' | 'Decision' | 'Membership') =>
      abilityFor(who).rulesFor('read', subject)[0]!.conditions;
    const auditor = { ...member('auditor'), scope };
    expect(of(auditor, 'Project')).toEqual({ organisationId: 'o', id: { in: ['p'] } });
    expect(of(auditor, 'Decision')).toEqual({ organisationId: 'o', projectId: { in: ['p'] } });
    expect(of(auditor, 'Membership')).toEqual({ organisationId: 'o' });
    expect(of({ ...auditor, scope: { ...scope, projects: null } } as Principal, 'Decision')).toEqual({
      organisationId: 'o',
    });
  });

  it('give an API key its scopes and nothing for words it does not know', () => {
    expect(may(key('token:mint'), 'mint', 'Token')).toBe(true);
    expect(may(key('token:mint'), 'read', 'Project')).toBe(false);
    expect(may(key('constructor', '__proto__', 'admin'), 'read', 'Project')).toBe(false);
    expect(may(key('project:write'), 'reveal' as never, 'Certificate' as never)).toBe(false);
  });

  it('name acts as step-ups and events do', () => {
    expect(actName('Certificate', 'reveal')).toBe('certificate.reveal');
    expect(actName('ApiKey', 'create')).toBe('api-key.create');
  });
});

describe('the source', () => {
  it('calls accessibleBy in scoped.ts only', () => {
    const files = (folder: string): string[] =>
      readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory()
          ? entry.name === 'generated'
            ? []
            : files(join(folder, entry.name))
          : /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.')
            ? [join(folder, entry.name)]
            : [],
      );
    const callers = [...files('lib'), ...files('app')].filter((file) =>
      /\baccessibleBy\(/.test(readFileSync(file, 'utf8')),
    );
    expect(callers).toEqual(['lib/authz/scoped.ts']);
  });
});
