import { formatNumber } from '@/app/_ui/format';

/** Bytes as whole mebibytes. */
export const mebibytes = (bytes: number | null): string =>
  bytes === null ? '–' : `${formatNumber(Math.round(bytes / 1_048_576))} MiB`;
