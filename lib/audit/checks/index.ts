/**
 * Checks of the stored logs by the installation itself, in control: each minute a few tiles with their events and the clocks, each night everything
 * (lib/audit/fsck), each day a review of what happened. What they find is kept, and its beginning and end are events.
 */
export { type ChecksOptions, startChecks } from './run';
