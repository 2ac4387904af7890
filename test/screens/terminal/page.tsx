/** Runs in the browser: the terminal as its page has it, for the session and ticket in the address. */
import { createRoot } from 'react-dom/client';
import { ProductionTerminal } from '@/app/_parts/terminal/production-terminal';
import styles from '@/app/(staff)/staff/sessions/open/open.module.css';
import '../gallery/gallery.css';

const params = new URLSearchParams(location.search);
const until = new Date(Date.now() + 3_600_000).toISOString();
createRoot(document.getElementById('root')!).render(
  <main>
    <h1>Open a session</h1>
    <div className={styles.terminal}>
      <ProductionTerminal
        session={params.get('session')!}
        ticket={params.get('ticket')!}
        until={until}
        after={<a href="#again">Open another session</a>}
      />
    </div>
  </main>,
);
