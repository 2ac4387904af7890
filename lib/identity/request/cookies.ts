import { isSecureOrigin, type Origins, type Realm } from './origins';

/**
 * Names and attributes of every cookie identity sets. Each realm has names of its own on top of a host of its own.
 * Over https they carry `__Host-`, which pins them to the exact host, path and to TLS; loopback HTTP cannot.
 */
export function cookieNames(origins: Origins, realm: Realm) {
  const prefix = isSecureOrigin(origins[realm]) ? '__Host-' : '';
  return {
    session: `${prefix}cordon-session-${realm}`,
    csrf: `${prefix}cordon-csrf-${realm}`,
    callback: `${prefix}cordon-callback-${realm}`,
    /** The secret of an invitation or set-up link, between its first and its last page. */
    link: `${prefix}cordon-link-${realm}`,
    /** The secret of a view of something shared. */
    view: `${prefix}cordon-view-${realm}`,
  };
}

export function cookieOptions(origins: Origins, realm: Realm) {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecureOrigin(origins[realm]) } as const;
}
