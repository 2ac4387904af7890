/**
 * A QR code as SVG, made where it is rendered; the value never leaves for a third party.
 * Always ink on light, also in the dark theme: many readers refuse inverted codes.
 */
import { create } from 'qrcode';
import styles from './qr-code.module.css';

export interface QrCodeProps {
  value: string;
  label: string;
  /** Side in px. */
  size?: number;
}

const QUIET_ZONE = 4;

export function QrCode({ value, label, size = 176 }: QrCodeProps) {
  const { modules } = create(value, { errorCorrectionLevel: 'M' });
  const side = modules.size + QUIET_ZONE * 2;
  let path = '';
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      if (modules.get(y, x)) path += `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z`;
    }
  }
  return (
    <svg
      className={styles.qr}
      width={size}
      height={size}
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect className={styles.ground} width={side} height={side} />
      <path className={styles.ink} d={path} />
    </svg>
  );
}
