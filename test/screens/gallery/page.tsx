/** Runs in the browser: renders the scene to HTML as a server would, then hydrates it, so a mismatch shows. */
import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime';
import { PathnameContext } from 'next/dist/shared/lib/hooks-client-context.shared-runtime';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server.browser';
import { Toaster } from '@/app/_ui/toaster';
import { SCENES } from './scenes';
import './gallery.css';

const router = { push() {}, replace() {}, refresh() {}, back() {}, forward() {}, prefetch() {} };
const params = new URLSearchParams(location.search);
const theme = params.get('theme');
if (theme) document.documentElement.dataset.theme = theme;
const Scene = SCENES[params.get('scene') as keyof typeof SCENES];
const root = document.getElementById('root')!;
const tree = (
  <AppRouterContext value={router as never}>
    <PathnameContext value="/gallery">
      <Scene />
      <Toaster />
    </PathnameContext>
  </AppRouterContext>
);
root.innerHTML = renderToString(tree);
hydrateRoot(root, tree, { onRecoverableError: (error) => console.error('hydration', error) });
