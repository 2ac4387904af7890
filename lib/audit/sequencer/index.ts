/**
 * The sequencer: gives audit events their places in transparency logs and has the logs signed. Runs in control, under a database role of its own.
 */
export { type Sequencer, type SequencerOptions, startSequencer } from './run';
export { type SequencerState, sequencerState } from './state';
