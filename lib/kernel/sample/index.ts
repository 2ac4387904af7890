/**
 * Samples that anybody can draw again: which events of a population are looked at follows from their places in the log and a seed, and from nothing
 * else. The README is the specification.
 */
export { isSeed, MAX_SAMPLE, MAX_SEED, SAMPLE_RULE, sampleOf } from './sample';
