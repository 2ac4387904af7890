/** The mark: a ring that is closed by one stroke in the colour of the area. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" strokeWidth="2" strokeLinecap="round" aria-hidden>
      <path d="M15.6 4.6A8 8 0 1 0 15.6 15.4" stroke="currentColor" />
      <path d="M15.6 7.4v5.2" stroke="var(--area-mark)" />
    </svg>
  );
}
