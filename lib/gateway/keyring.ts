import type { Keyring } from '@/lib/keyring';

/** What the gateway asks of the keyring; it has no key of an authority itself. */
export interface GatewayKeyring {
  /** Public keys of the authorities, 32 bytes each. */
  authorities(): Promise<{ gateway: Uint8Array[]; host: Uint8Array[] }>;
  /** Certifies this gateway's own host key, an OpenSSH line. */
  hostCertificate(publicKey: string): Promise<Uint8Array>;
  /** Uses up the opening of a session. Refused unless it was confirmed by passkey and its grant is active. */
  productionCertificate(ask: {
    session: string;
    publicKey: string;
    sourceAddress: string;
    ticket: string | null;
  }): Promise<Production>;
  /** Where grants stand; unknown ones are left out. At most 200. */
  describe(grants: string[]): Promise<Standing[]>;
}

export interface Production {
  certificate: Uint8Array;
  grant: string;
  account: string;
  principal: string;
  /** Nothing else runs; null for a shell. */
  command: string | null;
  /** Whether files may be copied. */
  files: boolean;
  /** Unix seconds. */
  deadline: number;
  serial: string;
  keyId: string;
}

export interface Standing {
  id: string;
  state: string;
  /** Unix seconds. */
  deadline: number | null;
  why: string | null;
  sessions: { session: string; target: string; through: string }[];
}

export type { Keyring };
