import 'server-only';
import { create } from 'qrcode';

/** A QR code as one SVG path: `size` modules wide and high, quiet zone of four modules included (ISO/IEC 18004). */
export function qrPath(text: string): { size: number; path: string } {
  const quiet = 4;
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      if (modules.get(y, x)) path += `M${x + quiet} ${y + quiet}h1v1h-1z`;
    }
  }
  return { size: modules.size + 2 * quiet, path };
}
