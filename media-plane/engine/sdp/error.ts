/**
 * The one error the SDP code throws. `invalid` = not an SDP this protocol allows; `unsupported` = well formed, but asks for
 * something this engine does not do. The message names the rule, never the input.
 */
export class SdpError extends Error {
  constructor(
    readonly reason: 'invalid' | 'unsupported',
    message: string,
  ) {
    super(message);
    this.name = 'SdpError';
  }
}
