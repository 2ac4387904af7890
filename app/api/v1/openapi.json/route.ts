import { guarded } from '@/lib/authz';
import { openApi } from '../_openapi';
import { operations } from '../_operations';

/** Version of the interface, not of the product. */
const VERSION = '1.0.0';

export const GET = guarded(
  { public: { why: 'What can be asked is no secret; tools read it before they have a key.' } },
  async (_principal, _request: Request) => Response.json(openApi(operations, VERSION)),
);
