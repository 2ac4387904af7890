/**
 * The vendor's access tokens, byte for byte: 007 is parsed, built and verified, 006 only verified. A token is checked as
 * a story: parse (hostile text, hard limits) → match (which certificate signed it) → times → grants. The last two belong
 * to `lib/kernel/decision`, which knows the project's policy; nothing here says that a token is valid.
 */
export { type BuildReason, buildToken, TokenBuildError, type TokenContent } from './build';
export {
  PRIVILEGES,
  PRIVILEGES_006,
  privilegeName,
  RTM2_PERMISSIONS,
  RTM2_RESOURCES,
  SERVICE_TYPES,
} from './catalogue';
export { MAX_INFLATED_BYTES, MAX_TEXT_LENGTH } from './limits';
export { type CertificateCandidate, fitAudience006, matchCertificate, tokenIdentity } from './match';
export { isAccount, isChannelName, isUid } from './names';
export { parseToken } from './parse';
export { type RtcRole, rtcPrivileges } from './roles';
export { readServices } from './service-input';
export {
  type Audience,
  PARSE_REASONS,
  type ParsedToken,
  type ParseReason,
  type ParseResult,
  type Privilege,
  type Rtm2Permission,
  type Service,
  type ServiceKind,
  type Token006,
  type Token007,
} from './types';
export { covers, isWildcard } from './wildcard';
