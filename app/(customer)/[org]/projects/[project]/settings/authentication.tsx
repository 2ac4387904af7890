import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Panel } from '@/app/_ui/panel';
import { Status } from '@/app/_ui/status';
import { SteppedConfirm } from '@/app/(customer)/_parts/stepped';
import { setModeAction } from './actions';
import type { SettingProps } from './general';

/** Whether a token is needed to join. Opening says what that means before it asks to have it confirmed; so does closing. */
export function AuthenticationSetting({
  project,
  organisationId,
  reason,
  openReason,
}: SettingProps & { openReason?: string }) {
  const hidden = { organisationId, projectId: project.id };
  const token = project.mode === 'token';
  return (
    <Panel
      title="Authentication"
      tone={token ? undefined : 'notice'}
      aside={token ? <Status state="enforced" word="Token required" /> : <Status state="open" word="App ID only" />}
    >
      <Stack gap={4}>
        {token ? (
          <p>
            Every join needs a token your server signed with a certificate of this project. Tokens are signed, not
            encrypted.
          </p>
        ) : (
          <Note tone="notice" title="Whoever knows the App ID may join.">
            Any channel, under any name, and publish. Nothing is signed, so nobody can be revoked.
          </Note>
        )}
        <Row>
          {token ? (
            <SteppedConfirm
              trigger={{ label: 'Admit by App ID only…', variant: 'danger', reason: reason ?? openReason }}
              title="Admit by App ID only"
              act="Admit by App ID only"
              action={setModeAction}
              hidden={{ ...hidden, mode: 'app-id' }}
              words={{ act: 'Admit by App ID only', name: project.name }}
            >
              The App ID is in every copy of your app. Whoever reads it there may join any channel of this project and
              publish.
            </SteppedConfirm>
          ) : (
            <SteppedConfirm
              trigger={{ label: 'Require tokens…', reason }}
              title="Require tokens"
              act="Require tokens"
              action={setModeAction}
              hidden={{ ...hidden, mode: 'token' }}
              words={{ act: 'Require tokens', name: project.name }}
              danger={false}
            >
              Edges refuse joins without a token from then on. Have your servers mint tokens first.
            </SteppedConfirm>
          )}
        </Row>
      </Stack>
    </Panel>
  );
}
