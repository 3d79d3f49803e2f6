import { useState } from 'preact/hooks'
import type { Scene, Target } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Form } from '../ui/form.tsx'
import { Icon } from '../ui/icon.tsx'

export interface SceneFormProps {
  /** The one to rename, keep anew or forget; undefined: a new one, of all lights as they are now. */
  readonly scene: Scene | undefined
  readonly onClose: () => void
}

export function SceneForm({ scene, onClose }: SceneFormProps) {
  const { http, entities, i18n } = useApp()
  const { t } = i18n
  const [isDeleting, setDeleting] = useState(false)
  const save = async (values: FormData): Promise<void> => {
    const name = String(values.get('name'))
    if (scene) {
      const targets = values.get('again') === 'on' ? readLights(entities.targets.value ?? []) : undefined
      await http.put(`/api/v1/scenes/${scene.id}`, { name, ...(targets && { targets }) })
    } else await http.post('/api/v1/scenes', { name })
    await entities.load('scenes')
    onClose()
  }
  if (scene && isDeleting) {
    return (
      <Confirm
        isOpen
        onClose={onClose}
        title={t('entity.deleteNamed', { name: scene.name })}
        text={t('scene.deleteText')}
        action={t('scene.delete')}
        onConfirm={async () => {
          await http.delete(`/api/v1/scenes/${scene.id}`)
          await entities.load('scenes')
        }}
      />
    )
  }
  return (
    <Dialog isOpen onClose={onClose} title={t(scene ? 'scene.edit' : 'scene.save')}>
      <Form fields={['name']} submitLabel={t('app.save')} onSubmit={save} onCancel={onClose}>
        {(problemOf) => (
          <>
            <Field
              name="name"
              label={t('field.name')}
              hint={scene ? undefined : t('scene.saveHint')}
              problem={problemOf('name')}
            >
              {(attributes) => <input {...attributes} type="text" defaultValue={scene?.name ?? ''} />}
            </Field>
            {scene && (
              <>
                <label class="check">
                  <input type="checkbox" name="again" />
                  <span>{t('scene.again')}</span>
                </label>
                <button type="button" class="button danger" onClick={() => setDeleting(true)}>
                  <Icon name="trash" />
                  {t('scene.delete')}
                </button>
              </>
            )}
          </>
        )}
      </Form>
    </Dialog>
  )
}

/** What all lights do now. */
function readLights(targets: readonly Target[]): readonly object[] {
  return targets.map(({ id, state, source_id, processing }) => ({
    target_id: id,
    is_on: state !== 'stopped',
    source_id,
    processing,
  }))
}
