import { openPolicy } from '@/media-plane/policy';

/** A policy store in a process of its own, to be killed. Options come as JSON in the environment. */
const options = JSON.parse(process.env.EDGE_OPTIONS!);
const store = await openPolicy({ ...options, log: () => undefined });
store.onChange(async () => ({ cut: 0 }));
process.send?.('open');
