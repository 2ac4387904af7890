/** An id made in the browser, for what is signed before the server has seen it. In the form of lib/platform: a UUID of version 7. */
export function newSignedId(prefix: 'grt' | 'dlg'): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  const time = Date.now().toString(16).padStart(12, '0');
  random[0] = 0x70 | (random[0]! & 0x0f);
  random[2] = 0x80 | (random[2]! & 0x3f);
  return `${prefix}_${time}${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
