/** Why a session does not begin, or ends. The words are read by the person at the terminal. */
export const REFUSALS = {
  'gateway.control_silent': 'nothing can be recorded for the audit log right now, so no session begins',
  'gateway.keyring_silent': 'approvals cannot be checked right now, so no session begins',
  'gateway.not_open': 'this session is not open: it was used before, was not confirmed in time, or its access is over',
  'gateway.recorder': 'the session cannot be recorded, so it does not begin',
  'gateway.target': 'this host is not known to the gateway',
  'gateway.files': 'copying files is no part of this access',
  'gateway.legacy_copy': 'copy with the SFTP protocol: scp without -O',
  'gateway.long_command': 'a command of more than 1000 characters cannot be recorded whole: give it in a shell',
  'host.unreachable': 'the host cannot be reached',
  'host.untrusted': 'the host did not prove that it is the one it should be',
  'host.refused': 'the host did not let the session in',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal';
  constructor(
    readonly code: RefusalCode,
    options?: ErrorOptions,
  ) {
    super(REFUSALS[code], options);
  }
}

/** Words for why a running session was ended. */
export const ENDINGS: Readonly<Record<string, string>> = {
  expired: 'its time is over',
  returned: 'it was given back',
  revoked: 'it was revoked',
  locked: 'it was locked',
  lapsed: 'a condition for it has lapsed: designation, training or agreement',
  withdrawn: 'it was withdrawn',
  unused: 'it was not used in time',
  recorder: 'it could not be recorded any longer',
  host: 'the connection to the host was lost',
  left: 'the connection was closed',
  stale: 'nobody could confirm any more that it may go on',
  stopped: 'the gateway is being stopped',
  files: 'files were copied in a way that cannot be recorded',
};
export const endingWords = (why: string): string => ENDINGS[why] ?? 'it is over';
