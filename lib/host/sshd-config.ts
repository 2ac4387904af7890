/** What of sshd's settings must be as here, or somebody else gets in: as `sshd -T` prints them, in lower case. */
const SETTINGS: Readonly<Record<string, RegExp>> = {
  authorizedkeysfile: /^none$/,
  authorizedkeyscommand: /^none$/,
  authorizedprincipalsfile: /^none$/,
  authorizedprincipalscommanduser: /^nobody$/,
  trustedusercakeys: /^(?!none$)/,
  passwordauthentication: /^no$/,
  kbdinteractiveauthentication: /^no$/,
  hostbasedauthentication: /^no$/,
  gssapiauthentication: /^no$/,
  permitemptypasswords: /^no$/,
  permitrootlogin: /^no$/,
  permituserenvironment: /^no$/,
};

/** Names of settings that are not as they should be. `printed`: the output of `sshd -T`; `program`: what is to be asked for principals; `certificate`: the file of the host's. */
export function sshdFindings(printed: string, program: string, certificate: string): string[] {
  const settings = new Map(
    printed.split('\n').map((line) => {
      const at = line.indexOf(' ');
      return [line.slice(0, at), line.slice(at + 1).trim()] as const;
    }),
  );
  const wrong = Object.entries(SETTINGS).flatMap(([name, expected]) => {
    const value = settings.get(name);
    // Not every build has every setting.
    return value === undefined || expected.test(value) ? [] : [name];
  });
  const asks = settings.get('authorizedprincipalscommand') === `${program} %u`;
  const shows = printed.split('\n').includes(`hostcertificate ${certificate}`);
  return [...(asks ? [] : ['authorizedprincipalscommand']), ...(shows ? [] : ['hostcertificate']), ...wrong];
}
