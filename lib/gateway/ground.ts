import type ssh2 from 'ssh2';
import { plainHead } from '@/lib/kernel/recording';
import { GatewayRefusal } from './errors';
import type { GatewayEvent } from './events';
import { dialHost, newSessionKey } from './host';
import type { Production } from './keyring';
import type { Purpose, Screen } from './person';
import { checkRoom, type Recorded, Recorder } from './recorder';
import type { Asked, SessionContext } from './session-context';
import { socketOf } from './ssh2-certificates';

/** Copying that an exec request can ask for by itself. A shell can still print a file: that is on the screen, and recorded. */
const COPIES = /^\s*(?:\S*\/)?(?:scp|sftp-server|rsync)(?:\s|$)/;
/** A mark holds no more; a longer one could hide its end. */
const LONGEST_COMMAND = 1_000;

/** Of a session without a terminal. */
export const NO_SCREEN: Screen = { columns: 80, rows: 24, term: 'dumb' };

/** What a session stands on before anybody sees anything of it. */
export interface Ground {
  production: Production;
  recorder: Recorder;
  /** Connected to the host, and let in. */
  client: ssh2.Client;
}

/**
 * In the order of what must be there first: delivery, room for the recording, the keyring's certificate, the recording itself, the host. `lost` is
 * called when nothing more can be recorded. Throws `GatewayRefusal`.
 */
export async function prepare(context: SessionContext, asked: Asked, lost: () => void): Promise<Ground> {
  context.checkDelivery();
  tryRecord(() => checkRoom(context.folder));
  const key = newSessionKey();
  const { session, ticket } = asked;
  const { sourceAddress, keyring } = context;
  const production = await keyring.productionCertificate({ session, publicKey: key.line, sourceAddress, ticket });
  const { target, account, certificate } = production;
  const name = /^host:(.+)$/.exec(target)?.[1];
  const at = name === undefined ? null : context.addressOf(name);
  if (name === undefined || !at) throw new GatewayRefusal('gateway.target');
  checkPurpose(asked.purpose, production);

  const fault: { error?: unknown } = {};
  const now = () => Math.floor(context.now() / 1000);
  const screen = { ...(asked.screen ?? NO_SCREEN), now: now() };
  const events = {
    head: (recorded: Recorded) => context.deliver(headEvent(recorded)),
    failed: (error: unknown) => {
      fault.error = error;
      lost();
    },
  };
  const recorder = tryRecord(() => new Recorder(context.folder, session, screen, events));
  try {
    tryRecord(() => recorder.mark('note', `start ${target} as ${account}, ${asked.through}`));
    const { host: authorities } = await keyring.authorities();
    const client = await dialHost({ name, ...at, account, key, certificate, authorities, now });
    if ('error' in fault) {
      socketOf(client).destroy();
      throw new GatewayRefusal('gateway.recorder', { cause: fault.error });
    }
    return { production, recorder, client };
  } catch (error) {
    await finishUnused(recorder, context, error);
    throw asRefusal(error);
  }
}

export const asRefusal = (error: unknown): GatewayRefusal =>
  error instanceof GatewayRefusal ? error : new GatewayRefusal('gateway.recorder', { cause: error });

export const headEvent = ({ head, bytes }: Recorded): GatewayEvent => ({
  kind: 'session.head',
  session: head.session,
  head: plainHead(head),
  bytes,
});

function tryRecord<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new GatewayRefusal('gateway.recorder', { cause: error });
  }
}

function checkPurpose(purpose: Purpose, { command, files }: Production): void {
  if (purpose.kind === 'files' && (!files || command !== null)) throw new GatewayRefusal('gateway.files');
  if (purpose.kind === 'command' && purpose.command.length > LONGEST_COMMAND)
    throw new GatewayRefusal('gateway.long_command');
  if (purpose.kind !== 'command' || command !== null || !COPIES.test(purpose.command)) return;
  throw new GatewayRefusal(files ? 'gateway.legacy_copy' : 'gateway.files');
}

/** The recording of a session that the host did not begin says so, and is delivered like the others. */
export async function finishUnused(recorder: Recorder, context: SessionContext, error: unknown): Promise<void> {
  const reason = error instanceof GatewayRefusal ? error.message : 'it did not begin';
  try {
    context.deliver(headEvent(await recorder.end(reason)));
  } catch {
    // Nothing was shown that it would have to record.
  }
}
