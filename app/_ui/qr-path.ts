import { create } from 'qrcode';

/** A QR code drawn as one SVG path: `size` modules wide and high, the quiet zone included. */
export interface QrPath {
  readonly size: number;
  readonly path: string;
}

/** Modules of quiet ground around the code (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/** Made on the server: the value leaves for no third party, and browsers need no library to show it. */
export function qrPath(text: string): QrPath {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      if (modules.get(y, x)) path += `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z`;
    }
  }
  return { size: modules.size + 2 * QUIET_ZONE, path };
}
