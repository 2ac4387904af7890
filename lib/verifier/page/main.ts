import { serveAsWorker } from './run';
import { startPage } from './ui/page';

// Run by the page, and once more by the worker that the page makes of this text.
if (typeof document === 'undefined') serveAsWorker(self as never);
else startPage(document.currentScript?.textContent ?? '');
