import type { CDPSession, Page } from '@playwright/test';

/** As the emulation keeps it: the private key, the use counter and what the person is called. */
interface Credential {
  credentialId: string;
  isResidentCredential: boolean;
  rpId?: string;
  privateKey: string;
  userHandle?: string;
  signCount: number;
  backupEligibility?: boolean;
  backupState?: boolean;
}

interface Tab {
  cdp: CDPSession;
  authenticatorId: string;
}

export interface DeviceChoices {
  /** A password manager copies what it makes to other devices. Otherwise it stays on this one. */
  synced?: boolean;
}

export interface PlugChoices {
  /**
   * Lets the browser offer passkeys in the list of a text field. Without its user interface the emulation chooses from that list by itself, so
   * whoever wants to press a button leaves this off and has a browser that does not offer them.
   */
  inFields?: boolean;
}

/**
 * What holds a person's passkeys, through Chrome's own emulation: the browser applies all its rules (origin, RP ID, user verification),
 * only the piece of hardware is made up. It can be plugged into one tab after another and knows its passkeys all the time; a passkey counts
 * its uses, so the tab it was plugged into last is the one that works.
 */
export class PasskeyDevice {
  readonly #held = new Map<string, Credential>();
  readonly #tabs = new Map<Page, Tab>();
  #tab: Tab | null = null;

  constructor(readonly choices: DeviceChoices = {}) {}

  /** One that holds a passkey which was made elsewhere. */
  static holding(passkey: Pick<Credential, 'credentialId' | 'privateKey' | 'rpId' | 'userHandle'>): PasskeyDevice {
    const device = new PasskeyDevice();
    // Base64 of the emulation is not the one of URLs.
    const credentialId = Buffer.from(passkey.credentialId, 'base64url').toString('base64');
    device.#held.set(credentialId, { ...passkey, credentialId, isResidentCredential: true, signCount: 0 });
    return device;
  }

  /** Before the tab opens the page that asks. Answers every request until it is told otherwise. */
  async plugInto(page: Page, { inFields = false }: PlugChoices = {}): Promise<void> {
    this.#tab = this.#tabs.get(page) ?? (await this.#connect(page, inFields));
    this.#tabs.set(page, this.#tab);
    const { cdp, authenticatorId } = this.#tab;
    await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
    for (const credential of this.#held.values())
      await cdp.send('WebAuthn.addCredential', { authenticatorId, credential });
  }

  async #connect(page: Page, inFields: boolean): Promise<Tab> {
    if (!inFields) {
      await page.addInitScript(() => {
        globalThis.PublicKeyCredential.isConditionalMediationAvailable = async () => false;
      });
    }
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable', { enableUI: false });
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        defaultBackupEligibility: this.choices.synced ?? false,
        defaultBackupState: this.choices.synced ?? false,
      },
    });
    const keep = ({ credential }: { credential: Credential }) => this.#held.set(credential.credentialId, credential);
    cdp.on('WebAuthn.credentialAdded', keep).on('WebAuthn.credentialAsserted', keep);
    return { cdp, authenticatorId };
  }

  /** Touched and unlocked at every request that comes from now on. */
  async answers(): Promise<void> {
    await this.#set('WebAuthn.setUserVerified', { isUserVerified: true });
    await this.#set('WebAuthn.setAutomaticPresenceSimulation', { enabled: true });
  }

  /** Lies there untouched: requests stay open. */
  waits(): Promise<void> {
    return this.#set('WebAuthn.setAutomaticPresenceSimulation', { enabled: false });
  }

  /** The person gives up, or fails the PIN: the browser says `NotAllowedError`, as it does for everything it keeps to itself. */
  async refuses(): Promise<void> {
    await this.#set('WebAuthn.setUserVerified', { isUserVerified: false });
    await this.#set('WebAuthn.setAutomaticPresenceSimulation', { enabled: true });
  }

  /** Gone from the tab, with everything it holds. */
  async unplug(): Promise<void> {
    const { cdp, authenticatorId } = this.#plugged();
    await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    for (const [page, tab] of this.#tabs) if (tab === this.#tab) this.#tabs.delete(page);
    this.#tab = null;
  }

  async #set(
    method: 'WebAuthn.setUserVerified' | 'WebAuthn.setAutomaticPresenceSimulation',
    values: object,
  ): Promise<void> {
    const { cdp, authenticatorId } = this.#plugged();
    await cdp.send(method, { authenticatorId, ...values } as never);
  }

  #plugged() {
    if (!this.#tab) throw new Error('the device is plugged into no tab');
    return this.#tab;
  }
}
