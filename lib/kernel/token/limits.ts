/** Limits on hostile input, checked before the work they bound. The longest genuine token seen has 283 characters. */
export const MAX_TEXT_LENGTH = 8192;
export const MAX_INFLATED_BYTES = 65_536;
export const MAX_SERVICES = 64;
export const MAX_PRIVILEGES = 64;
export const SIGNATURE_BYTES = 32;
export const APP_ID_LENGTH = 32;
