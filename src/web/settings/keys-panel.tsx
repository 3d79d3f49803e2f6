import { useCallback, useEffect, useState } from 'preact/hooks'
import { ROLES } from '../../protocol/server-events.ts'
import type { ListedKey, NewKey } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Form } from '../ui/form.tsx'
import { Icon } from '../ui/icon.tsx'

const KEYS_PATH = '/api/v1/keys'

/** Who may come in, and as what. */
export function KeysPanel() {
  const app = useApp()
  const { http, i18n } = app
  const { t, time } = i18n
  const [keys, setKeys] = useState<readonly ListedKey[]>()
  const [isAdding, setAdding] = useState(false)
  const [made, setMade] = useState<NewKey>()
  const [revoked, setRevoked] = useState<ListedKey>()

  const read = useCallback(() => {
    http
      .get<readonly ListedKey[]>(KEYS_PATH)
      .then(setKeys)
      .catch(() => {})
  }, [http])
  useEffect(() => {
    read()
    return app.listen((event) => {
      if (event.type === 'entity_changed' && event.entity_type === 'key') read()
    })
  }, [app, read])

  return (
    <section class="card">
      <header class="card-head">
        <h2>{t('keys.section')}</h2>
        <button type="button" class="button small" onClick={() => setAdding(true)}>
          <Icon name="plus" />
          {t('key.add')}
        </button>
      </header>
      {keys?.length === 0 && <p class="muted">{t('key.none')}</p>}
      <ul class="lines">
        {keys?.map((key) => (
          <li key={key.id} class="key-line">
            <Icon name="key" />
            <span class="key-label">
              <bdi>{key.label}</bdi>
            </span>
            <span class="tag">{t(`role.${key.role}`)}</span>
            <span class="muted small-text">{time.value.short(Date.parse(key.created_at))}</span>
            <button
              type="button"
              class="button icon-only quiet"
              aria-label={t('key.revokeNamed', { label: key.label })}
              onClick={() => setRevoked(key)}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      {isAdding && (
        <KeyForm
          isFirst={keys?.length === 0}
          onClose={() => setAdding(false)}
          onMade={(key) => {
            setMade(key)
            read()
          }}
        />
      )}
      {made && <ShownOnce made={made} onClose={() => setMade(undefined)} />}
      <Confirm
        isOpen={revoked !== undefined}
        onClose={() => setRevoked(undefined)}
        title={t('key.revokeNamed', { label: revoked?.label ?? '' })}
        text={t('key.revokeText')}
        action={t('key.revoke')}
        onConfirm={async () => {
          if (revoked) await http.delete(`${KEYS_PATH}/${revoked.id}`)
          read()
        }}
      />
    </section>
  )
}

interface KeyFormProps {
  /** From the first key on everybody needs one: it must be an admin's, and this page goes on with it. */
  readonly isFirst: boolean
  readonly onClose: () => void
  readonly onMade: (key: NewKey) => void
}

function KeyForm({ isFirst, onClose, onMade }: KeyFormProps) {
  const { http, session, i18n } = useApp()
  const { t } = i18n
  const save = async (values: FormData): Promise<void> => {
    const body = { label: String(values.get('label')), role: isFirst ? 'admin' : String(values.get('role')) }
    const make = (): Promise<NewKey> => http.post<NewKey>(KEYS_PATH, body)
    onMade(isFirst ? await session.adopt(make) : await make())
    onClose()
  }
  return (
    <Dialog isOpen onClose={onClose} title={t('key.add')}>
      {isFirst && <p class="banner warning">{t('key.firstText')}</p>}
      <Form fields={['label', 'role']} submitLabel={t('key.add')} onSubmit={save} onCancel={onClose}>
        {(problemOf) => (
          <>
            <Field name="label" label={t('key.label')} hint={t('key.labelHint')} problem={problemOf('label')}>
              {(attributes) => <input {...attributes} type="text" autocomplete="off" />}
            </Field>
            <Field name="role" label={t('key.role')} hint={t('key.roleHint')} problem={problemOf('role')}>
              {(attributes) => (
                <select {...attributes} disabled={isFirst}>
                  {ROLES.map((role) => (
                    <option key={role} value={role} selected={role === (isFirst ? 'admin' : 'operator')}>
                      {t(`role.${role}`)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          </>
        )}
      </Form>
    </Dialog>
  )
}

/** The text of a new key: told this once. */
function ShownOnce({ made, onClose }: { readonly made: NewKey; readonly onClose: () => void }) {
  const { i18n, toasts } = useApp()
  const { t } = i18n
  const copy = (): void => {
    // Only a secure page may write to the clipboard; on others the text can be selected.
    void navigator.clipboard?.writeText(made.key).then(() => toasts.show('info', t('key.copied')))
  }
  return (
    <Dialog isOpen onClose={onClose} title={t('key.madeTitle', { label: made.label })}>
      <p>{t('key.madeText')}</p>
      <p class="key-text">
        <code class="break">{made.key}</code>
      </p>
      <footer class="dialog-foot">
        {window.isSecureContext && (
          <button type="button" class="button" onClick={copy}>
            <Icon name="copy" />
            {t('key.copy')}
          </button>
        )}
        <button type="button" class="button primary" onClick={onClose}>
          {t('key.kept')}
        </button>
      </footer>
    </Dialog>
  )
}
