import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/browser';

/** Journeys in a real browser against the real system, started by each file for itself (test/support/system.ts). */
export default defineConfig({
  testDir: '..',
  testMatch: '{journeys,screens,attacks}/*.journey.ts',
  outputDir: '../../test-results',
  fullyParallel: false,
  // Each file has a system of its own, and its people mostly wait for the next code of their authenticator.
  workers: 2,
  retries: 0,
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    launchOptions: { executablePath: await chromiumPath(), args: CHROMIUM_FLAGS },
    // What was done and asked, and a picture of the end. Pictures of every step would cost more than the steps; `--trace on` takes them.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false },
    screenshot: 'only-on-failure',
    actionTimeout: 30_000,
  },
});
