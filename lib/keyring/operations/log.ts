import { sign } from 'node:crypto';
import { checkpointText, ED25519, formatVkey, type NoteKey, noteKey, signNote } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import type { Context } from '../context';
import type { Input, Output } from '../protocol';

type Asked = Input<'log.sign'>['logs'][number];
type Answer = Output<'log.sign'>['logs'][number];

/**
 * Signs checkpoints (C2SP tlog-checkpoint). The text is composed here, from the keyring's own idea of the host, and says nothing but origin, size
 * and root. One log that may not be signed does not keep the others from it.
 */
export async function signLogs(context: Context, { logs }: Input<'log.sign'>): Promise<Output<'log.sign'>> {
  // All begin before the first waits for the disk, so that they share one fsync.
  return { logs: await Promise.all(logs.map((asked) => signLog(context, asked))) };
}

async function signLog(context: Context, { log, size, root, from, proof }: Asked): Promise<Answer> {
  const origin = `${keyName(context)}/${log}`;
  const code = await context.logs.advance(origin, { size, root, from, proof });
  if (code) return { outcome: 'refused', code, signed: context.logs.signed(origin).size };
  const text = checkpointText({ origin, size, root: Buffer.from(root, 'base64'), extensions: [] });
  const { privateKey } = context.keys.logKey;
  const signer = { key: logKey(context), sign: (message: Uint8Array) => sign(null, message, privateKey) };
  return { outcome: 'signed', note: await signNote(text, [signer]) };
}

export const logVkey = (context: Context): string => formatVkey(logKey(context));

function logKey(context: Context): NoteKey {
  const key = noteKey(primitives, keyName(context), ED25519, context.keys.logKey.publicKey);
  if (!key) throw new Error('keyring: the host of the console makes no name of a key');
  return key;
}

/** The same for all logs of an installation; their origins begin with it. */
const keyName = ({ origins }: Context): string => `${new URL(origins.customer).host}/audit`;
