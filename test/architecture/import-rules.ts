/**
 * Which way imports point. Paths are relative to the repository; packages are `npm:<name>`. Each ban carries its reason, and a
 * forbidden import fails `npm run check`. Tests may reach anywhere.
 */
export interface ImportRule {
  name: string;
  why: string;
  from: RegExp;
  /** Banned targets. */
  to: RegExp;
  /** Exceptions among the banned targets. `$1` in `exceptOwn` is the first group of `from`. */
  except?: RegExp;
  exceptOwn?: string;
  fromExcept?: RegExp;
}

const ANY = /^(app|lib|media-plane|prisma)\//;
const LAYERS = ['platform', 'db', 'audit', 'authz', 'notices', 'identity'];
/** Folders of lib that are no capability. */
const FOUNDATION = [
  'kernel',
  'primitives',
  ...LAYERS,
  'keyring',
  'control',
  'console',
  'cli',
  'launch',
  'gateway',
  'host',
  'uplink',
].join('|');
const CAPABILITY = new RegExp(`^lib/(?!(?:${FOUNDATION})/)([^/]+)/`);
const ROOT = /^lib\/(?:control|console|cli|launch|gateway|host)\//;
const KEYRING_DOOR = 'lib/keyring/(?:index|protocol|client|shared|assertion)\\.ts$';
const DOOR = /\/(?:index|schemas)\.ts$/;

export const IMPORT_RULES: ImportRule[] = [
  {
    name: 'kernel-is-pure',
    why: 'The kernel runs on edges, in the console and in browsers: no I/O, nothing but itself.',
    from: /^lib\/kernel\//,
    to: /./,
    except: /^lib\/kernel\//,
  },
  {
    name: 'primitives-know-the-kernel-only',
    why: 'They are its crypto interface on Node, trusted by edges and keyring alike.',
    from: /^lib\/primitives\//,
    to: ANY,
    except: /^lib\/(?:kernel|primitives)\//,
  },
  ...LAYERS.map((layer, i) => ({
    name: `layer-${layer}`,
    why: `platform < db < audit < authz < notices < identity: ${layer} uses only what stands before it, so that the tenant wall never depends on what it guards.`,
    from: new RegExp(`^lib/${layer}/`),
    to: ANY,
    except: new RegExp(`^(?:lib/(?:kernel|primitives|${LAYERS.slice(0, i + 1).join('|')})/|${KEYRING_DOOR})`),
  })),
  {
    name: 'edge-stands-alone',
    why: 'An edge is the trusted base on foreign machines: it must not carry the console, the database or their secrets.',
    from: /^media-plane\//,
    to: /^(?:app|prisma|lib)\//,
    except: /^lib\/(?:kernel|primitives|uplink)\//,
  },
  {
    name: 'uplink-is-for-edges-too',
    why: 'What brings records to control runs inside edges, so it carries no more than they may.',
    from: /^lib\/uplink\//,
    to: ANY,
    except: /^lib\/(?:kernel|primitives|uplink)\//,
  },
  {
    name: 'edge-without-console-packages',
    why: 'They would widen the trusted base and its memory.',
    from: /^media-plane\//,
    to: /^npm:(?:@prisma\/|prisma$|next$|next-auth$|react$|react-dom$|pg$|zod$)/,
  },
  {
    name: 'keyring-stands-alone',
    why: 'The process with every private key must be readable in an hour.',
    from: /^lib\/keyring\//,
    to: ANY,
    except: /^lib\/(?:kernel|primitives|platform|keyring)\//,
  },
  {
    name: 'keyring-server-is-private',
    why: 'Others speak to the keyring through its client; only the launcher starts it, by its bundle.',
    from: ANY,
    fromExcept: /^lib\/keyring\//,
    to: /^lib\/keyring\//,
    except: new RegExp(`^${KEYRING_DOOR}`),
  },
  {
    name: 'gateway-stands-alone',
    why: 'It sits on the way into production.',
    from: /^lib\/gateway\//,
    to: ANY,
    except: new RegExp(`^(?:lib/(?:kernel|primitives|platform|uplink|gateway)/|${KEYRING_DOOR})`),
  },
  {
    name: 'host-stands-alone',
    why: 'It runs as root on production hosts: nothing that it does not need, and no way to the keyring.',
    from: /^lib\/host\//,
    to: ANY,
    except: /^lib\/(?:kernel|primitives|platform|uplink|host)\//,
  },
  {
    name: 'witness-stands-alone',
    why: 'It watches Cordon from outside, on a machine of somebody else, so it carries nothing that could write a log.',
    from: /^lib\/witness\//,
    to: /./,
    except: /^(?:lib\/(?:kernel|primitives|platform|witness)\/|node:)/,
  },
  {
    name: 'capability-through-its-door',
    why: "Another capability's inside may change any day; its index.ts (server) and schemas.ts (browser) may not.",
    from: CAPABILITY,
    to: CAPABILITY,
    except: DOOR,
    exceptOwn: '^lib/$1/',
  },
  {
    name: 'capability-below-the-console',
    why: 'Rules do not know the pixels or the media that use them.',
    from: CAPABILITY,
    to: /^(?:app|media-plane)\//,
  },
  {
    name: 'queries-live-in-stores',
    why: 'All queries of a capability are in store.ts, so that a reader finds every one.',
    from: CAPABILITY,
    fromExcept: /\/store\.ts$/,
    to: /^(?:lib\/db\/|npm:(?:@prisma\/|pg$))/,
  },
  {
    name: 'roots-use-doors',
    why: 'Composition roots put doors together; they do not reach inside.',
    from: ROOT,
    to: CAPABILITY,
    except: DOOR,
  },
  {
    name: 'roots-below-the-console',
    why: 'A process on another machine must not need the web console.',
    from: ROOT,
    to: /^app\//,
  },
  {
    name: 'pages-without-queries',
    why: 'app/ is URLs and pixels: no Prisma, no store, no database door.',
    from: /^app\//,
    to: /^(?:lib\/db\/|lib\/.*\/store\.ts$|npm:(?:@prisma\/|pg$))/,
  },
  {
    name: 'pages-through-doors',
    why: "A page reaches a capability by its door, so that the door's guards hold.",
    from: /^app\//,
    to: CAPABILITY,
    except: DOOR,
  },
  {
    name: 'pages-see-the-client-only',
    why: 'Of the media-plane the console knows the browser SDK, nothing that runs on an edge.',
    from: /^app\//,
    to: /^media-plane\//,
    except: /^media-plane\/client\//,
  },
  {
    name: 'raw-casl-is-wrapped',
    why: 'accessibleBy inside AND drops a deny and every row leaks; lib/authz is the one wrapper.',
    from: ANY,
    fromExcept: /^lib\/(?:authz|db)\//,
    to: /^npm:@casl\//,
  },
];

export function breaks(rule: ImportRule, from: string, to: string): boolean {
  const matched = rule.from.exec(from);
  if (!matched || rule.fromExcept?.test(from) || !rule.to.test(to) || rule.except?.test(to)) return false;
  return !(rule.exceptOwn && new RegExp(rule.exceptOwn.replace('$1', matched[1] ?? '')).test(to));
}
