import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleFile } from '@/lib/launch/build';
import { ROOT } from './imports';
import type { System } from './system';

/** See hands-main.ts. */
export type Command =
  | { do: 'sign-in'; realm: 'customer' | 'staff'; email: string }
  | { do: 'make-key'; secret: string; userId: string; code: string; projectId: string }
  | { do: 'mint'; secret: string; userId: string; projectId: string; account: string }
  | { do: 'remove'; secret: string; userId: string }
  /** Somebody new of the staff. */
  | { do: 'employ'; email: string; name: string; role: 'security' | 'support' | 'auditor' }
  /** Gives somebody a passkey that a browser can hold. */
  | { do: 'equip'; realm: 'customer' | 'staff'; email: string }
  /** By those who were equipped; see `foundCommittee`. */
  | { do: 'found-committee'; members: string[]; employee: string; approver: string }
  | { do: 'complete-records'; members: string[]; employee: string; approver: string }
  /** Answers the id of a policy by which one of security alone agrees. */
  | { do: 'open-target'; administrator: string; target: string }
  /** Answers the id of the request, which runs. */
  | { do: 'grant'; employee: string; approver: string; policy: string; target: string }
  /** Answers what the person's page is given. */
  | { do: 'watch'; employee: string; request: string; target: string; channel: string }
  | { do: 'revoke'; approver: string; request: string }
  /** As a developer of that organisation, without an invitation. */
  | { do: 'let-back'; userId: string; slug: string }
  | {
      do: 'set-staff';
      secret: string;
      userId: string;
      role: 'administrator' | 'security' | 'support' | 'auditor';
      status: 'active' | 'disabled';
    };

/** Somebody with a session: its secret, and the cookie a browser would hold. */
export interface Made {
  secret: string;
  userId: string;
  cookie: { name: string; value: string };
}

/** A passkey as Chrome's emulation takes one; bytes in base64. */
export interface HeldPasskey {
  credentialId: string;
  rpId: string;
  privateKey: string;
  userHandle: string;
}

export interface Hands {
  signIn(realm: 'customer' | 'staff', email: string): Promise<Made>;
  /** Rejects with the code of the refusal. */
  act<T = unknown>(command: Command): Promise<T>;
  stop(): void;
}

/** People at work on this system. */
export async function lendHands(system: System): Promise<Hands> {
  const outfile = join(ROOT, '.build', 'test-hands.mjs');
  await bundleFile(ROOT, 'test/support/hands-main.ts', outfile);
  const secrets = JSON.parse(readFileSync(join(system.home, 'secrets.json'), 'utf8')) as {
    database: { owner: string; console: string };
    keyring: { console: string; installer: string };
    console: string;
  };
  const database = (role: string, password: string) =>
    `postgresql://${role}:${password}@127.0.0.1:${system.ports.database}/cordon`;
  const child = spawn(process.execPath, [outfile], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      NODE_ENV: 'production',
      PATH: process.env.PATH,
      DATABASE_URL: database('cordon_console', secrets.database.console),
      INSTALLER_URL: database('cordon_installer', secrets.database.owner),
      CORDON_KEYRING_SOCKET: join(system.home, 'run', 'keyring.sock'),
      CORDON_KEYRING_TOKEN: secrets.keyring.console,
      INSTALLER_TOKEN: secrets.keyring.installer,
      CORDON_CONSOLE_SECRET: secrets.console,
      CORDON_CONSOLE_ORIGIN: system.console,
      CORDON_STAFF_ORIGIN: system.staff,
    } as NodeJS.ProcessEnv,
  });
  const waiting: { resolve: (answer: never) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    // What the console logs stands between the answers.
    const answer = line.startsWith('{"ok"') || line.startsWith('{"error"') ? JSON.parse(line) : null;
    if (!answer) return;
    const { resolve, reject } = waiting.shift()!;
    if ('error' in answer) reject(new Error(answer.error));
    else resolve(answer.ok as never);
  });
  child.once('exit', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('the helping process has ended'));
  });
  const act = <T>(command: Command): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin.write(`${JSON.stringify(command)}\n`);
    });
  return {
    act,
    signIn: (realm, email) => act<Made>({ do: 'sign-in', realm, email }),
    stop: () => void child.kill(),
  };
}
