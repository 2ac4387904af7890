/**
 * Has the checkpoints of the operator's log cosigned by witnesses (C2SP tlog-witness), so that nobody can be shown another history. Runs in control
 * beside the sequencer, under its database role, and never in its way.
 */
export { readWitnessPolicy } from './config';
export { startWitnessing, type Witnessing, type WitnessingOptions } from './run';
export { isLate, LATE_MILLISECONDS, type WitnessState, witnessState } from './state';
