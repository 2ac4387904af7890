/** What a host tells control, numbered by its spool. Times are Unix milliseconds. */
export type HostEvent =
  /** The account of a grant is there. */
  | { kind: 'host.opened'; at: number; grant: string; account: string; uid: number }
  /** Nothing of it is left; what was found. */
  | { kind: 'host.closed'; at: number; grant: string; account: string; killed: number; jobs: number }
  /** Files of former grants were removed where everybody may write. */
  | { kind: 'host.files'; at: number; files: number }
  /** It should be gone and is not. Told when what is left changes. */
  | { kind: 'host.left'; at: number; grant: string; account: string; left: string[] }
  /**
   * sshd let somebody into the account of a grant. `serial` (decimal) and `keyId` are the certificate's, as it logged them. `log` names the
   * file it wrote to, `end` where its line ends in it (bytes): what a host tells again is known by them.
   */
  | {
      kind: 'host.login';
      at: number;
      grant: string;
      account: string;
      serial: string;
      keyId: string;
      port: number;
      log: string;
      end: number;
    }
  | { kind: 'host.finding'; at: number; code: Finding; subject: string }
  /** Events that the spool had no room for. */
  | { kind: 'gap'; at: number; dropped: number };

/** Differences between this host and what was granted. */
export const FINDINGS = [
  /** An account that looks like a grant's and is none. */
  'account.unknown',
  /** It could not be made. */
  'account.failed',
  /** Something ran with a uid of grants that no grant has. It was killed. */
  'process.unknown',
  /** sshd let somebody in who has no grant. */
  'login.unknown',
  'sheet.refused',
  /** sshd would let in others than our certificates, or asks somebody else. */
  'sshd.config',
] as const;
export type Finding = (typeof FINDINGS)[number];
