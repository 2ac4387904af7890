/**
 * Two hops for real: OpenSSH's client, the gateway, and an OpenSSH server that trusts the production authority alone.
 */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GatewayRefusal } from '@/lib/gateway/errors';
import { Browser, Employee, lendProduction, recordingOf, run, type TestGateway } from '../support/gateway';
import { accountName, hasSshd } from '../support/sshd';

const really = hasSshd('sessions through the gateway to a real sshd');
const account = accountName();
const ESC = '\u001b';

describe.runIf(really)('a session through the gateway', () => {
  let world: Awaited<ReturnType<typeof lendProduction>>;
  let employee: Employee;
  beforeAll(async () => {
    world = await lendProduction(account);
    employee = new Employee(world);
  });
  afterAll(async () => {
    employee?.remove();
    await world?.stop();
  });

  function opened(over: Parameters<TestGateway['keyring']['grant']>[1] = {}, target = 'host:db-1') {
    const grant = world.keyring.grant(account, over);
    const { session } = world.keyring.open(grant, employee.key, target);
    employee.certificate(world.keyring, session);
    return { grant, session };
  }
  const over = async (session: string) => {
    await expect
      .poll(() => world.events.some((event) => event.kind === 'session.ended' && event.session === session), {
        timeout: 5000,
      })
      .toBe(true);
    return world.events.filter((event) => 'session' in event && event.session === session);
  };

  it('runs a command, passes its exit code through and tells what happened, as sshd does', async () => {
    const { session, grant } = opened();
    const ssh = employee.ssh(session, 'echo out; echo err >&2; exit 7');
    expect(await ssh.ended, ssh.error).toBe(7);
    expect(ssh.out).toBe('out\n');
    expect(ssh.error).toContain('err\n');
    const events = await over(session);
    expect(events.map(({ kind }) => kind)).toEqual(['session.started', 'session.head', 'session.ended']);
    const [started, head, end] = events as [{ serial: string; keyId: string }, { head: { final: boolean } }, object];
    expect(head.head.final).toBe(true);
    expect(end).toMatchObject({ why: 'exit', exit: 7 });
    const seen = await world.sshd.logged((entry) => entry.serial === BigInt(started.serial));
    expect(seen).toMatchObject({ verdict: 'accepted', account, keyId: started.keyId });
    expect(started).toMatchObject({ grant: grant.id, target: 'host:db-1', address: '127.0.0.1' });
    expect(recordingOf(world, session)).toMatchObject({
      output: expect.stringContaining('out\n'),
      marks: [expect.stringMatching(/^note start host:db-1/), 'command echo out; echo err >&2; exit 7', 'end exit 7'],
    });
  });

  it('tells how a command was killed', async () => {
    const { session } = opened();
    // The client of OpenSSH makes 255 of every signal.
    expect(await employee.ssh(session, 'kill -TERM $$').ended).toBe(255);
    await over(session);
    expect(recordingOf(world, session)!.marks.at(-1)).toBe('end signal TERM');
  });

  it('gives a shell with a terminal that changes its size, and records what it shows and nothing that is typed', async () => {
    const { session } = opened();
    const argv = ['ssh', ...employee.options(), '-tt', `${session}@127.0.0.1`];
    writeFileSync(join(employee.folder, 'terminal.py'), PTY);
    const shell = run('python3', [join(employee.folder, 'terminal.py'), ...argv]);
    await shell.said(/The screen is recorded\. Access ends at \d\d:\d\d:\d\d UTC\./);
    shell.type('stty size; stty -echo; read secret; stty echo; test "$secret" && echo got it\n');
    await shell.said(/30 90/);
    shell.type('hunter2-never-shown\n');
    await shell.said(/\ngot it/);
    shell.type('RESIZE 43 132\n');
    await shell.said(/resized/);
    shell.type('stty size\n');
    await shell.said(/43 132/);
    shell.type('trap "echo caught; exit 3" INT; echo se""t; while :; do sleep 0.05; done\n');
    await shell.said(/\nset/);
    shell.type('\x03');
    await shell.said(/caught/);
    expect(await shell.ended, shell.out).toBe(3);
    await over(session);
    const recording = recordingOf(world, session)!;
    expect(recording.output).toContain('\ngot it');
    expect(recording.output).not.toContain('hunter2');
    expect(recording.sizes).toContain('132x43');
    expect(recording.marks.at(-1)).toBe('end exit 3');
  });

  it('passes nothing of the environment on but the language', async () => {
    const { session } = opened();
    const ssh = employee.ssh(
      session,
      '-oSetEnv=LANG=C.UTF-8',
      '-oSetEnv=LD_PRELOAD=/tmp/x.so',
      '-oSetEnv=BASH_ENV=/tmp/x',
      'env',
    );
    expect(await ssh.ended, ssh.error).toBe(0);
    expect(ssh.out).not.toMatch(/LD_PRELOAD|BASH_ENV/);
  });

  it.each<[string, string[]]>([
    ['a local port (-W)', ['-W', '127.0.0.1:1']],
    ['a remote port (-R)', ['-oExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1', '-N']],
  ])('refuses to forward %s', async (_, args) => {
    const { session } = opened();
    const ssh = run('ssh', [...employee.options(), ...args, `${session}@127.0.0.1`]);
    expect(await ssh.ended).not.toBe(0);
    expect(ssh.error).toMatch(/administratively prohibited|forwarding failed/i);
  });

  it('forwards no agent, no X11 and no SOCKS', async () => {
    const { session } = opened();
    const ssh = employee.ssh(
      session,
      '-A',
      '-X',
      '-oForwardX11Trusted=no',
      'echo "agent=$SSH_AUTH_SOCK display=$DISPLAY"',
    );
    expect(await ssh.ended, ssh.error).toBe(0);
    expect(ssh.out).toBe('agent= display=\n');
  });

  it('takes a certificate once', async () => {
    const { session } = opened();
    expect(await employee.ssh(session, 'true').ended).toBe(0);
    const again = employee.ssh(session, 'true');
    expect(await again.ended).toBe(255);
    expect(again.error).toContain('Permission denied (publickey)');
  });

  it.each<[string, (session: string) => void, string]>([
    [
      'of another session',
      (session) =>
        employee.certificate(
          world.keyring,
          session.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
        ),
      'principal_missing',
    ],
    [
      'that has expired',
      (session) => employee.certificate(world.keyring, session, { validBefore: Math.floor(Date.now() / 1000) - 1 }),
      'certificate_expired',
    ],
    [
      'for another address',
      (session) => employee.certificate(world.keyring, session, { sourceAddresses: ['192.0.2.1'] }),
      'source_address_refused',
    ],
  ])('refuses a certificate %s', async (_, make, code) => {
    const { session } = opened();
    make(session);
    const ssh = employee.ssh(session, 'true');
    expect(await ssh.ended).toBe(255);
    expect(ssh.error).toContain('Permission denied (publickey)');
    expect(world.log.at(-1)).toContain(code);
  });

  it('never asks for a password or a code', async () => {
    const { session } = opened();
    const ways = run('ssh', [
      ...employee.options(),
      '-v',
      '-oPreferredAuthentications=password,keyboard-interactive',
      `${session}@127.0.0.1`,
    ]);
    expect(await ways.ended).toBe(255);
    expect(ways.error).toContain('Authentications that can continue: publickey\r\n');
  });

  it('gives the employee nothing that the host itself takes', async () => {
    const { session, grant } = opened();
    employee.certificate(world.keyring, session, {
      principals: [session, account, `grant-${grant.id.slice(4)}`],
      keyId: `grant=${grant.id};x`,
    });
    const direct = run('ssh', [...employee.options(world.sshd.port, false), `${account}@127.0.0.1`, 'true']);
    expect(await direct.ended).toBe(255);
    expect(direct.error).toContain('Permission denied');
    const seen = await world.sshd.logged((entry) => entry.keyId === `grant=${grant.id};x`);
    expect(seen.verdict).toBe('refused');
  });

  it('does not speak to a host that is not certified for its name', async () => {
    const { session } = opened({}, 'host:db-2');
    const ssh = employee.ssh(session, 'echo in');
    expect(await ssh.ended).toBe(255);
    expect(ssh.error).toContain('refused: the host did not prove that it is the one it should be');
    expect(ssh.out).toBe('');
  });

  it('goes to no host it does not know', async () => {
    const ssh = employee.ssh(opened({}, 'host:db-3').session, 'true');
    expect(await ssh.ended).toBe(255);
    expect(ssh.error).toContain('refused: this host is not known to the gateway');
  });

  it('does not begin when nothing can be delivered', async () => {
    world.delivery.refuse = new GatewayRefusal('gateway.control_silent');
    const { session } = opened();
    const ssh = employee.ssh(session, 'true');
    expect(await ssh.ended).toBe(255);
    world.delivery.refuse = null;
    expect(ssh.error).toContain('refused: nothing can be recorded for the audit log right now');
    // The opening is not used up by that.
    expect(world.keyring.openings.get(session)!.used).toBe(false);
  });

  it('runs the one command of a grant, whatever is asked, and tells of the attempt', async () => {
    const { session } = opened({ command: 'echo only-this' });
    const ssh = employee.ssh(session, 'cat /etc/shadow');
    expect(await ssh.ended, ssh.error).toBe(0);
    expect(ssh.out).toBe('only-this\n');
    await over(session);
    expect(recordingOf(world, session)!.marks).toEqual(
      expect.arrayContaining(['command echo only-this', 'refused cat /etc/shadow']),
    );
  });

  it('copies files only when the grant says so, and tells which', async () => {
    const local = join(employee.folder, 'notes.txt');
    writeFileSync(local, 'x'.repeat(100_000));
    const remote = `/tmp/${account}.txt`;
    const scp = (from: string, to: string, ...more: string[]) =>
      run('scp', ['-q', ...employee.options(), ...more, from, to]);
    const denied = opened();
    const refused = scp(local, `${denied.session}@127.0.0.1:${remote}`);
    expect(await refused.ended).not.toBe(0);
    expect(refused.error).toContain('copying files is no part of this access');

    const { session } = opened({ files: true });
    const up = scp(local, `${session}@127.0.0.1:${remote}`);
    expect(await up.ended, up.error).toBe(0);
    await over(session);
    expect(recordingOf(world, session)!.marks).toEqual(
      expect.arrayContaining([`note file: open ${remote} to write`, `note file: upload ${remote}, 100000 bytes`]),
    );
    const second = opened({ files: true });
    const down = scp(`${second.session}@127.0.0.1:${remote}`, join(employee.folder, 'back.txt'));
    expect(await down.ended, down.error).toBe(0);
    await over(second.session);
    expect(recordingOf(world, second.session)!.marks).toContain(`note file: download ${remote}, 100000 bytes`);
    expect(recordingOf(world, second.session)!.output).toBe('');

    const old = opened({ files: true });
    const legacy = scp(local, `${old.session}@127.0.0.1:${remote}`, '-O');
    expect(await legacy.ended).not.toBe(0);
    expect(legacy.error).toContain('scp without -O');
  });

  it.each([
    [
      'is revoked',
      (grant: { state: string; why: string | null }) => Object.assign(grant, { state: 'ended', why: 'revoked' }),
      'it was revoked',
    ],
    [
      'comes to its end',
      (grant: { deadline: number }) => Object.assign(grant, { deadline: Math.ceil(Date.now() / 1000) + 1 }),
      'its time is over',
    ],
  ])('is cut within a second when its access %s', async (_, change, words) => {
    const { session, grant } = opened();
    const shell = employee.ssh(session, '-tt', 'while :; do echo tick; sleep 0.05; done');
    await shell.said(/tick/);
    change(grant);
    const due = Math.max(Date.now(), grant.deadline * 1000 < Date.now() + 5000 ? grant.deadline * 1000 : 0);
    await shell.said(new RegExp(`Cordon: access ended: ${words}`));
    await shell.ended;
    expect(Date.now() - due).toBeLessThan(1000);
    await over(session);
    expect(recordingOf(world, session)!.marks.at(-1)).toBe(`end ${words}`);
  });

  it('lives to its known deadline without the keyring, and no new one begins', async () => {
    const { session } = opened({ deadline: Math.ceil(Date.now() / 1000) + 2 });
    const shell = employee.ssh(session, '-tt', 'while :; do echo tick; sleep 0.05; done');
    await shell.said(/tick/);
    world.keyring.silent = true;
    const other = opened();
    expect(await employee.ssh(other.session, 'true').ended).toBe(255);
    expect(shell.child.exitCode).toBeNull();
    await shell.said(/access ended: its time is over/);
    await shell.ended;
    world.keyring.silent = false;
    expect(await employee.ssh(other.session, 'true').ended).toBe(0);
  });

  it('warns over one line of the screen and leaves the cursor where it was', async () => {
    const { session, grant } = opened();
    const shell = employee.ssh(session, '-tt', 'echo ready; cat');
    await shell.said(/ready/);
    grant.deadline = Math.floor(Date.now() / 1000) + 122;
    await shell.said(/about 2 minutes left/);
    expect(shell.out).toMatch(
      new RegExp(`${ESC}7${ESC}\\[1;1H${ESC}\\[0;7mCordon: about 2 minutes left.*${ESC}\\[K${ESC}\\[0m${ESC}8`),
    );
    Object.assign(grant, { state: 'ended', why: 'returned' });
    await shell.ended;
    expect(recordingOf(world, session)!.marks).toEqual(
      expect.arrayContaining([expect.stringContaining('note Cordon: about 2 minutes left')]),
    );
  });

  describe('in a browser', () => {
    const browsers: Browser[] = [];
    afterEach(() => {
      for (const { web } of browsers.splice(0)) web.terminate();
    });
    function browser(again: { session?: string; ticket?: string } = {}) {
      const grant = world.keyring.grant(account);
      const opening = world.keyring.open(grant, null);
      const session = again.session ?? opening.session;
      const opened = new Browser(world.terminal, { session, ticket: again.ticket ?? opening.ticket! });
      browsers.push(opened);
      return { browser: opened, session, grant };
    }

    it('is the same shell, with its size, recorded', async () => {
      const { browser: one, session } = browser();
      await one.shows(/The screen is recorded/);
      one.type('stty size; tty\n');
      await one.shows(/24 80\r\n\/dev\/pts/);
      one.tell({ columns: 132, rows: 43 });
      one.type('stty size\n');
      await one.shows(/43 132/);
      one.type(`cat > /dev/null <<E\n${`${'y'.repeat(2000)}\n`.repeat(100)}E\necho pas""ted; exit 4\n`);
      await one.shows(/pasted/);
      expect(await one.over).toEqual({ end: 'The session is over.', code: 4 });
      const events = await over(session);
      expect(events[0]).toMatchObject({ through: 'web terminal', address: '203.0.113.9' });
      expect(recordingOf(world, session)!.sizes).toContain('132x43');
    });

    it('is cut with words on the screen', async () => {
      const { browser: one, grant } = browser();
      await one.shows(/The screen is recorded/);
      Object.assign(grant, { state: 'ended', why: 'locked' });
      const since = Date.now();
      expect(await one.over).toEqual({ end: 'Cordon: access ended: it was locked.', code: null });
      expect(Date.now() - since).toBeLessThan(1000);
      expect(one.screen).toContain('Cordon: access ended: it was locked.');
    });

    it('says once that somebody watches it, and once that nobody does any more', async () => {
      const { browser: one, session } = browser();
      await one.shows(/The screen is recorded/);
      for (let i = 0; i < 3; i++) world.gateway.watched(new Set([session]));
      await one.shows(/security is watching this session/);
      world.gateway.watched(new Set());
      await one.shows(/nobody watches this session any more/);
      one.type('exit\n');
      await one.over;
      await over(session);
      expect(recordingOf(world, session)!.marks.filter((mark) => mark.includes('watch'))).toEqual([
        'note Cordon: security is watching this session.',
        'note Cordon: nobody watches this session any more.',
      ]);
    });

    it('ends with the connection, and is not joined again', async () => {
      const { browser: one, session } = browser();
      await one.shows(/The screen is recorded/);
      const { ticket } = world.keyring.openings.get(session)!;
      one.web.terminate();
      expect((await over(session)).at(-1)).toMatchObject({ why: 'left' });
      const again = browser({ session, ticket: ticket! }).browser;
      expect((await again.over)?.end).toContain('refused: this session is not open');
    });

    it('lets a flood wait for the screen, and cuts through it', async () => {
      const { browser: one, session, grant } = browser();
      await one.shows(/The screen is recorded/);
      one.draws = false;
      one.type('yes\n');
      // It stops by itself: what is not drawn is not sent, and what is not sent is not read from the host.
      const size = () => statSync(join(world.home, 'recordings', `${session}.rec`)).size;
      let [before, now] = [-1, size()];
      await expect
        .poll(
          () => {
            [before, now] = [now, size()];
            return now > 400_000 && now === before;
          },
          { interval: 300, timeout: 8000 },
        )
        .toBe(true);
      expect(now).toBeLessThan(4_000_000);
      Object.assign(grant, { state: 'ended', why: 'revoked' });
      expect((await one.over)?.end).toContain('it was revoked');
    });
  });
});

/** ssh under a terminal of 30 rows and 90 columns; a line `RESIZE rows columns` on standard input changes it. */
const PTY = `
import fcntl, os, pty, select, signal, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
size = lambda r, c: fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', r, c, 0, 0))
size(30, 90)
stdin = True
while True:
    ready, _, _ = select.select([fd, 0] if stdin else [fd], [], [])
    if 0 in ready:
        data = os.read(0, 4096)
        stdin = bool(data)
        if data.startswith(b'RESIZE '):
            size(*map(int, data.split()[1:3]))
            os.kill(pid, signal.SIGWINCH)
            os.write(1, b'resized')
        elif data:
            os.write(fd, data)
    if fd in ready:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
