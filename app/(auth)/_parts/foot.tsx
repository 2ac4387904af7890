/** The quiet line under every gate. */
export function Foot({ realm }: { realm: 'customer' | 'staff' }) {
  return (
    <>
      <span>{realm === 'staff' ? 'Session lasts 8 h, 15 min idle' : 'Session lasts 8 h, 1 h idle'}</span>
      <a href="/.well-known/security.txt">Report a vulnerability</a>
    </>
  );
}
