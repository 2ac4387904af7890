/** Every number the engine child may be tuned by; tests shorten the timers. Times in milliseconds. */
export interface EngineLimits {
  /** A peer that has not connected by then is closed. */
  connectMs: number;
  /** A publisher that sends neither RTP, RTCP nor messages for this long is closed. */
  publisherSilenceMs: number;
  /** A player that is being sent media but sends no RTCP for this long is closed. */
  subscriberSilenceMs: number;
  /** Key frames are asked of one publisher at most this often. */
  keyFrameIntervalMs: number;
  maxPeers: number;
  maxPendingPeers: number;
  /** RTP packets accepted of one publisher per second; more are dropped before they multiply. */
  maxPacketsPerSecond: number;
  /** Data channel messages accepted of one peer per second. */
  maxMessagesPerSecond: number;
}

export const DEFAULT_LIMITS: EngineLimits = {
  connectMs: 10_000,
  publisherSilenceMs: 5_000,
  subscriberSilenceMs: 15_000,
  keyFrameIntervalMs: 500,
  maxPeers: 1_000,
  maxPendingPeers: 100,
  maxPacketsPerSecond: 4_000,
  maxMessagesPerSecond: 100,
};
