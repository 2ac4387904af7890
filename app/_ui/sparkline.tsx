/** A small line without axes beside a figure; a full chart with at most two guides. No fill, no gradient. */
import styles from './chart.module.css';

const points = (
  values: readonly number[],
  width: number,
  height: number,
  top: number,
  bottom: number,
  low: number,
  high: number,
) =>
  values
    .map((value, i) => {
      const x = values.length === 1 ? width : (i * width) / (values.length - 1);
      const y = height - bottom - ((value - low) / (high - low || 1)) * (height - top - bottom);
      return `${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join(' ');

export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  if (values.length < 2) return null;
  return (
    <svg width="72" height="22" viewBox="0 0 72 22" fill="none" role="img" aria-label={label}>
      <polyline
        className={styles.spark}
        points={points(values, 72, 22, 2, 2, Math.min(...values), Math.max(...values))}
      />
    </svg>
  );
}

export interface Series {
  name: string;
  values: readonly number[];
  /** The comparison: dashed, in content 3. */
  old?: boolean;
}

export interface LineChartProps {
  /** What is drawn, in words; read instead of the picture. */
  label: string;
  series: readonly Series[];
  /** Labels along the x axis, first to last. */
  x: readonly string[];
  /** Top of the scale; default the highest value, rounded up. */
  max?: number;
}

const W = 450;
const H = 148;
const TOP = 8;
const HALF = (H - 1 + TOP) / 2;

/** A round number at or above the highest value: 1, 2, 3, 5 or 6 times a power of ten. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 3, 5, 6, 8, 10].find((n) => n * power >= value) ?? 10;
  return step * power;
}

/** Where the name of a line stands, in px from the top: under the end of a high line, above that of a low one. */
function nameTop(last: number, top: number): number {
  const y = H - 1 - (last / top) * (H - 1 - TOP);
  return y < H / 2 ? y + 4 : y - 22;
}

export function LineChart({ label, series, x, max }: LineChartProps) {
  const top = max ?? roundUp(Math.max(1, ...series.flatMap((each) => each.values)));
  return (
    <figure className={styles.chart}>
      <svg viewBox={`0 0 ${W} ${H}`} preserveAspectRatio="none" role="img" aria-label={label} className={styles.plot}>
        <path className={styles.guide} d={`M0 ${TOP}H${W}M0 ${HALF}H${W}`} />
        {series.map((each) => (
          <polyline
            key={each.name}
            className={each.old ? styles.old : styles.now}
            points={points(each.values, W, H, TOP, 1, 0, top)}
          />
        ))}
      </svg>
      <span className={styles.high}>{top.toLocaleString('en-GB')}</span>
      <span className={styles.half}>{(top / 2).toLocaleString('en-GB')}</span>
      {series.map((each) => (
        <span
          key={each.name}
          className={each.old ? styles.oldName : styles.nowName}
          style={{ top: nameTop(each.values.at(-1) ?? 0, top) }}
          aria-hidden
        >
          {each.name}
        </span>
      ))}
      <figcaption className={styles.axis}>
        {x.map((text) => (
          <span key={text}>{text}</span>
        ))}
      </figcaption>
    </figure>
  );
}
