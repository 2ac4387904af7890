/**
 * Notices: what people are told about their own accounts, in the console and by mail, and word to open pages that their session is
 * over. Acts on an account call `notify` in their own transaction. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';

export { deviceOf } from './device';
export { listNotices, listUnread, readNotices } from './list';
export { startMailer } from './mail/mailer';
export { mailConfigured, sendMail } from './mail/send';
export { notify, tell, tellHalfSignIn } from './notify';
export { closeWatch, watchResponse } from './watch/watch';
