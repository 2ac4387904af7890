/**
 * The two origins the console answers on. Staff live on their own, so no cookie of one is ever sent to the other.
 * Pure: proxy, routes and pages all ask here which realm a Host header means; an unknown host means none.
 */
export type Realm = 'customer' | 'staff';

export interface Origins {
  readonly customer: string;
  readonly staff: string;
}

const isLoopback = (hostname: string) =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1' || hostname === '[::1]';

/** Reads an origin from configuration. Throws with the variable's name when it is none, or plain HTTP off loopback. */
export function parseOrigin(variable: string, text: string | undefined): string {
  if (!text) throw new Error(`${variable} is not set: give the origin, for example https://console.example.com`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`${variable} is not a URL`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error(`${variable} must be https`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Error(`${variable} must be https: plain HTTP is allowed on loopback only`);
  }
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) {
    throw new Error(`${variable} must be an origin without a path`);
  }
  return url.origin;
}

/** Throws when the origins share a host name, because cookies know no ports. */
export function parseOrigins(env: Readonly<Record<string, string | undefined>>): Origins {
  const customer = parseOrigin('CORDON_CONSOLE_ORIGIN', env.CORDON_CONSOLE_ORIGIN);
  const staff = parseOrigin('CORDON_STAFF_ORIGIN', env.CORDON_STAFF_ORIGIN);
  if (new URL(customer).hostname === new URL(staff).hostname) {
    throw new Error('CORDON_STAFF_ORIGIN must have a host name of its own');
  }
  return { customer, staff };
}

/** The realm a Host header stands for, or null. Compared whole, port included. */
export function realmOfHost(origins: Origins, host: string | null | undefined): Realm | null {
  const name = host?.toLowerCase();
  if (!name) return null;
  if (name === new URL(origins.customer).host) return 'customer';
  if (name === new URL(origins.staff).host) return 'staff';
  return null;
}

export const isSecureOrigin = (origin: string): boolean => origin.startsWith('https:');
