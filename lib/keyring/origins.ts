/** Where the console is reached, per realm: a passkey of one realm answers on no other origin. */
export interface Origins {
  readonly customer: string;
  readonly staff: string;
}
export type Realm = keyof Origins;

/** WebAuthn's relying party of an origin: its host name. */
export const rpIdOf = (origin: string): string => new URL(origin).hostname;

/** Reads both origins. Throws an error that names the variable. */
export function readOrigins(environment: NodeJS.ProcessEnv): Origins {
  const origin = (name: string): string => {
    const text = environment[name] ?? '';
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`)
      throw new Error(`keyring: ${name} must be an origin, for example https://console.example.com`);
    // Browsers refuse both: passkeys belong to a name, and over plain HTTP to this machine's only.
    if (/^[0-9.]+$|^\[/.test(url.hostname)) throw new Error(`keyring: ${name} must have a host name, not an address`);
    if (url.protocol === 'http:' && !/^(.+\.)?localhost$/.test(url.hostname))
      throw new Error(`keyring: ${name} must be https: plain HTTP is allowed on localhost only`);
    return url.origin;
  };
  const origins = { customer: origin('CORDON_CONSOLE_ORIGIN'), staff: origin('CORDON_STAFF_ORIGIN') };
  if (rpIdOf(origins.customer) === rpIdOf(origins.staff))
    throw new Error('keyring: CORDON_STAFF_ORIGIN must have a host name of its own');
  return origins;
}
