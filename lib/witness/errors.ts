/** For whoever runs the witness; says what to do and never quotes a key. */
export class WitnessError extends Error {}
