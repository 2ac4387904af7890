import 'server-only';
import type { AuthOptions } from 'next-auth';
import { decode, encode } from 'next-auth/jwt';
import Credentials from 'next-auth/providers/credentials';
import { createLog } from '@/lib/platform';
import { identityConfig } from '../config';
import { signInForm } from '../schemas';
import { isSecret } from '../sessions/secrets';
import { endSession, readSession, SESSION_SECONDS } from '../sessions/sessions';
import { signInWithPassword } from '../sign-in/sign-in';
import { clientAddress } from './address';
import { cookieNames, cookieOptions } from './cookies';
import type { Realm } from './origins';
import { safePath } from './paths';

const log = createLog('console');

// There are two origins, so none is fixed: next-auth takes it from X-Forwarded-Host, which proxy.ts has overwritten with the
// allow-listed one. NEXTAUTH_URL would win over that.
process.env.AUTH_TRUST_HOST = 'true';
delete process.env.NEXTAUTH_URL;

/** Each realm has a key of its own, derived from the one secret: a cookie of one cannot even be opened by the other. */
const salt = (realm: Realm) => `cordon session ${realm}`;

/** The cookie's value: an encrypted JWT that carries the session's opaque secret and nothing else. */
export const sealSessionCookie = (realm: Realm, secret: string): Promise<string> =>
  encode({ token: { sid: secret }, secret: identityConfig().secret, maxAge: SESSION_SECONDS, salt: salt(realm) });

/** The session's secret inside a cookie of this realm, or null. Says nothing about whether the session still lives. */
export async function openSessionCookie(realm: Realm, value: string | undefined): Promise<string | null> {
  if (!value || value.length > 4096) return null;
  try {
    const token = await decode({ token: value, secret: identityConfig().secret, salt: salt(realm) });
    return isSecret(token?.sid) ? token.sid : null;
  } catch {
    return null;
  }
}

/**
 * next-auth for one realm. The JWT only transports; whether anybody is signed in is asked of the session's row every
 * time. Data a browser sends along with `update()` reaches the jwt callback as `session` and is not looked at.
 */
export function authOptions(realm: Realm): AuthOptions {
  const { secret, origins, addressHeader } = identityConfig();
  const names = cookieNames(origins, realm);
  const options = cookieOptions(origins, realm);
  return {
    secret,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    jwt: {
      maxAge: SESSION_SECONDS,
      encode: (params) => encode({ ...params, salt: salt(realm) }),
      decode: (params) => decode({ ...params, salt: salt(realm) }),
    },
    cookies: {
      sessionToken: { name: names.session, options },
      csrfToken: { name: names.csrf, options },
      callbackUrl: { name: names.callback, options },
    },
    pages: { signIn: '/sign-in', signOut: '/sign-out', error: '/sign-in' },
    providers: [
      Credentials({
        credentials: { email: { type: 'email' }, password: { type: 'password' } },
        async authorize(credentials, request) {
          const form = signInForm.safeParse(credentials);
          if (!form.success) return null;
          const headers = new Headers(request.headers as Record<string, string>);
          try {
            const session = await signInWithPassword({
              realm,
              email: form.data.email,
              password: form.data.password,
              address: clientAddress(headers, addressHeader),
              userAgent: headers.get('user-agent') ?? '',
            });
            return { id: session.secret };
          } catch {
            // One answer for every reason; the reason is in the audit log.
            return null;
          }
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => ({ sid: user ? user.id : token.sid }),
      async session({ token }) {
        const row = isSecret(token.sid) ? await readSession(token.sid) : null;
        // next-auth answers an error here by clearing the cookie and saying nothing.
        if (row?.realm !== realm) throw new Error('session ended');
        return {
          expires: row.expiresAt.toISOString(),
          aal: row.aal,
          ...(row.aal === 2 ? { user: { name: row.name, email: row.email } } : {}),
        };
      },
      redirect({ url, baseUrl }) {
        const path = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
        return baseUrl + (safePath(path) ?? '/');
      },
    },
    events: {
      async signOut({ token }) {
        if (isSecret(token.sid)) await endSession(token.sid);
      },
    },
    logger: {
      // The details next-auth hands over can hold cookies and tokens.
      error: (code) => log.warn('next-auth', { code }),
      warn: () => {},
      debug: () => {},
    },
  };
}
