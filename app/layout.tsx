/** The outermost layout: language, fonts, theme. No inline script: the theme comes from its cookie on the server. */
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { readTheme, THEME_COOKIE } from './_ui/theme';
import { Toaster } from './_ui/toaster';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Cordon', template: '%s · Cordon' },
  description: 'Security and compliance control plane for real-time engagement.',
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { width: 'device-width', initialScale: 1, colorScheme: 'light dark' };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = readTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    // A reader who changes the theme changes this attribute before React looks again.
    <html
      lang="en"
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      data-theme={theme === 'system' ? undefined : theme}
      suppressHydrationWarning
    >
      <body>
        {children}
        <Toaster />
      </body>
    </html>
  );
}
