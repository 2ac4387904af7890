'use client';
import { Button } from './_ui/button';
import { ErrorState } from './_ui/error-state';
import { Page } from './_ui/page';
import './globals.css';

/** Stands in for the root layout itself, so it brings its own document. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>The console failed · Cordon</title>
        <Page narrow>
          <ErrorState
            page
            title="The console could not start this page"
            means="Every edge keeps enforcing the last policy it was given; calls go on."
            code="console.failed"
            request={error.digest}
            action={
              <Button icon="refresh" onClick={reset}>
                Try again
              </Button>
            }
          >
            The console failed before it could show anything. Nothing you entered was applied by this.
          </ErrorState>
        </Page>
      </body>
    </html>
  );
}
