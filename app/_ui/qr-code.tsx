/** A QR code as SVG. Always ink on light, also in the dark theme: many readers refuse inverted codes. */
import styles from './qr-code.module.css';
import type { QrPath } from './qr-path';

export interface QrCodeProps {
  qr: QrPath;
  label: string;
  /** Side in px. */
  size?: number;
}

export function QrCode({ qr, label, size = 176 }: QrCodeProps) {
  return (
    <svg
      className={styles.qr}
      width={size}
      height={size}
      viewBox={`0 0 ${qr.size} ${qr.size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect className={styles.ground} width={qr.size} height={qr.size} />
      <path className={styles.ink} d={qr.path} />
    </svg>
  );
}
