import { expectEdge } from '@/lib/db/install';
import { isRegion, REGIONS } from '@/lib/kernel/region';
import { type Command, EXIT, UsageError } from './command';
import { readOptions } from './options';
import { owner } from './owner';

const OPTIONS = {
  region: { type: 'string' },
  url: { type: 'string' },
  relay: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Lets one more edge join, for example on another machine. */
export const edgeExpect: Command = {
  name: 'edge expect',
  usage: 'NAME --region NA|EU|AS|JP|IN|CN --url https://HOST --relay HOST:PORT [--json]',
  says: 'Prints a join token (ten minutes, single use) for an edge of this name and region, and the environment it is started with.',
  async run(args, out) {
    const { values, positionals } = readOptions(args, OPTIONS, 1);
    const [name = ''] = positionals;
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
      throw new UsageError('NAME is 1 to 63 lower-case letters, digits and hyphens');
    if (!isRegion(values.region)) throw new UsageError(`--region is one of ${REGIONS.join(' ')}`);
    if (!values.url || !URL.canParse(values.url)) throw new UsageError('--url is the public base URL of the edge');
    if (!values.relay || !/^[^\s/]+:\d{1,5}$/.test(values.relay))
      throw new UsageError('--relay is the host:port other edges dial');
    const { databaseUrl, controlUrl, controlFingerprint } = owner();
    const fingerprint = await controlFingerprint();
    const token = await expectEdge(databaseUrl, { name, region: values.region, url: values.url, relay: values.relay });
    if (values.json) out.line(JSON.stringify({ name, region: values.region, controlUrl, fingerprint, token }));
    else {
      out.line(`CORDON_EDGE_NAME=${name}`);
      out.line(`CORDON_EDGE_REGION=${values.region}`);
      out.line(`CORDON_EDGE_URL=${values.url}`);
      out.line(`CORDON_EDGE_RELAY=${values.relay}`);
      out.line(`CORDON_CONTROL_URL=${controlUrl}`);
      out.line(`CORDON_CONTROL_FINGERPRINT=${fingerprint}`);
      out.line(`CORDON_EDGE_JOIN_TOKEN=${token}`);
    }
    return EXIT.ok;
  },
};
