/** What Cordon is, for somebody who is not signed in: what it does, how that can be checked, and where it ends. */
import { ButtonLink } from '@/app/_ui/button';
import { Mark } from '@/app/_ui/mark';
import { Line } from '@/app/_ui/track';
import { WorldMap } from '@/app/_ui/world-map';
import styles from './landing.module.css';

const POINTS = [
  {
    line: 'solid',
    title: 'The edge decides',
    text: 'Every join is checked where the media runs: signature, lifetime, privileges, revocations and the fence. A refusal names the rule.',
  },
  {
    line: 'dashed',
    title: 'A change is followed to its end',
    text: 'Policy is signed and pushed. The console says on how many edges it is applied and enforced, and which sessions it cut.',
  },
  {
    line: 'barred',
    title: 'It stays where you say',
    text: 'A fence lists the regions a project may run in. Joins anywhere else are refused, and so is media between them.',
  },
  {
    line: 'broken',
    title: 'Gaps are shown',
    text: 'An edge without contact keeps the last policy it was given, and is shown as what it is: stale, then offline.',
  },
] as const;

export function Landing() {
  return (
    <div className={styles.window}>
      <header className={styles.top}>
        <span className={styles.brand}>
          <Mark size={22} />
          Cordon
        </span>
        <ButtonLink href="/sign-in">Sign in</ButtonLink>
      </header>
      <main id="content" className={styles.main}>
        <section className={styles.head}>
          <div className={styles.words}>
            <h1 className={styles.title} tabIndex={-1}>
              A line around real-time media that holds, and shows where it does not
            </h1>
            <p className={styles.lede}>
              Cordon is the security and compliance console of a real-time plane: App certificates and tokens, regions a
              project may run in, revocations that cut live sessions, and an append-only record of who did what.
            </p>
            <p className={styles.acts}>
              <ButtonLink href="/sign-in" variant="primary" size="lg">
                Sign in
              </ButtonLink>
              <span className="quiet">Accounts come by invitation of an organisation.</span>
            </p>
          </div>
          <div className={styles.map}>
            <WorldMap
              regions={{ EU: 'allowed' }}
              edges={[{ name: 'eu-1', region: 'EU', lon: 10, lat: 50, state: 'enforced' }]}
              joins={[
                { from: [-3.7, 40.4], to: 'eu-1' },
                { from: [77, 20], to: 'eu-1', refused: true },
              ]}
              simulated
            />
          </div>
        </section>
        <ul className={styles.points}>
          {POINTS.map(({ line, title, text }) => (
            <li key={title}>
              <Line kind={line} wide />
              <h2 className={styles.point}>{title}</h2>
              <p>{text}</p>
            </li>
          ))}
        </ul>
      </main>
      <footer className={styles.foot}>
        <span>Tokens are signed, not encrypted. Media is encrypted between client and edge, not through it.</span>
        <a href="/.well-known/security.txt">Report a vulnerability</a>
      </footer>
    </div>
  );
}
