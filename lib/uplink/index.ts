/**
 * The way from a process on another machine to control: how it is known, one connection that is dialled for ever, and records that wait on disk
 * until control has committed them. Edges and the gateway share it, so it imports what an edge may: kernel, Node and ws.
 */
export { ControlError, checkControl, fetchAuthority, post } from './control-http';
export { makeFolder, readIfThere, replaceFile } from './files';
export { Link, type LinkOptions } from './link';
export { messageOf, type UplinkLog } from './log';
export { certificateRequest } from './request';
export { Sender, type SenderOptions } from './sender';
export { type Batch, Spool, type SpoolLimits } from './spool';
