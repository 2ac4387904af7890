'use client';
import { Button } from './_ui/button';
import { ErrorState } from './_ui/error-state';
import { Page } from './_ui/page';

/** A page that could not be rendered. The console is not in the way of enforcement, and says so. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Page>
      <ErrorState
        page
        title="This page could not be shown"
        means="Every edge keeps enforcing the last policy it was given."
        code="console.page_failed"
        request={error.digest}
        action={
          <Button icon="refresh" onClick={reset}>
            Try again
          </Button>
        }
      >
        The console failed while putting the page together. Nothing you entered was applied by this.
      </ErrorState>
    </Page>
  );
}
