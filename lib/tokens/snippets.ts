export interface Snippet {
  language: 'Node.js' | 'Python' | 'Go' | 'Java' | 'PHP';
  /** How to get the vendor's token builder. */
  install: string;
  code: string;
}

/**
 * App-server code with the vendor's own builders, which Cordon accepts unchanged. The App ID is in it because it is public; the
 * certificate is read from the environment and never appears.
 */
export function snippets({
  appId,
  tokenPolicy,
}: {
  appId: string;
  tokenPolicy: { maxLifetimeSeconds: number };
}): Snippet[] {
  const seconds = Math.min(3600, tokenPolicy.maxLifetimeSeconds);
  const tools = 'https://github.com/AgoraIO/Tools/tree/master/DynamicKey/AgoraDynamicKey';
  return [
    {
      language: 'Node.js',
      install: 'npm install agora-token',
      code: `const { RtcTokenBuilder, RtcRole } = require('agora-token');

const appId = '${appId}';
const certificate = process.env.APP_CERTIFICATE;

function tokenFor(channel, account) {
  const lifetime = ${seconds}; // seconds
  return RtcTokenBuilder.buildTokenWithUserAccount(appId, certificate, channel, account, RtcRole.PUBLISHER, lifetime, lifetime);
}`,
    },
    {
      language: 'Python',
      install: `Copy python3/src from ${tools}`,
      code: `import os
from src.RtcTokenBuilder2 import RtcTokenBuilder, Role_Publisher

APP_ID = "${appId}"
CERTIFICATE = os.environ["APP_CERTIFICATE"]

def token_for(channel: str, account: str) -> str:
    lifetime = ${seconds}  # seconds
    return RtcTokenBuilder.build_token_with_user_account(
        APP_ID, CERTIFICATE, channel, account, Role_Publisher, lifetime, lifetime)`,
    },
    {
      language: 'Go',
      install: 'go get github.com/AgoraIO/Tools/DynamicKey/AgoraDynamicKey/go/src',
      code: `package tokens

import (
	"os"

	rtctokenbuilder2 "github.com/AgoraIO/Tools/DynamicKey/AgoraDynamicKey/go/src/rtctokenbuilder2"
)

const appID = "${appId}"

func TokenFor(channel, account string) (string, error) {
	const lifetime = uint32(${seconds}) // seconds
	return rtctokenbuilder2.BuildTokenWithUserAccount(
		appID, os.Getenv("APP_CERTIFICATE"), channel, account, rtctokenbuilder2.RolePublisher, lifetime, lifetime)
}`,
    },
    {
      language: 'Java',
      install: `Copy java/src/main/java/io/agora/media from ${tools}`,
      code: `import io.agora.media.RtcTokenBuilder2;
import io.agora.media.RtcTokenBuilder2.Role;

final class Tokens {
    private static final String APP_ID = "${appId}";
    private static final int LIFETIME_SECONDS = ${seconds};

    static String tokenFor(String channel, String account) {
        String certificate = System.getenv("APP_CERTIFICATE");
        return new RtcTokenBuilder2().buildTokenWithUserAccount(
            APP_ID, certificate, channel, account, Role.ROLE_PUBLISHER, LIFETIME_SECONDS, LIFETIME_SECONDS);
    }
}`,
    },
    {
      language: 'PHP',
      install: `Copy php/src from ${tools}`,
      code: `<?php
require_once __DIR__ . '/src/RtcTokenBuilder2.php';

const APP_ID = '${appId}';

function tokenFor(string $channel, string $account): string
{
    $lifetime = ${seconds}; // seconds
    return RtcTokenBuilder2::buildTokenWithUserAccount(
        APP_ID, getenv('APP_CERTIFICATE'), $channel, $account, RtcTokenBuilder2::ROLE_PUBLISHER, $lifetime, $lifetime);
}`,
    },
  ];
}
