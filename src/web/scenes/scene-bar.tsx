import { useCallback, useState } from 'preact/hooks'
import type { Scene, SceneApplied } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { useAction } from '../ui/use-action.ts'
import { SceneForm } from './scene-form.tsx'

/** All scenes, each switched on with one click; the lights as they are now can be kept as another. */
export function SceneBar() {
  const { entities, session, i18n } = useApp()
  const { t } = i18n
  const [edited, setEdited] = useState<Scene | 'new'>()
  const scenes = entities.scenes.value
  const canChange = session.can('operator')
  if (scenes === undefined || (scenes.length === 0 && (!canChange || !entities.targets.value?.length)))
    return null
  return (
    <section class="scenes" aria-label={t('scene.title')}>
      {scenes.map((scene) => (
        <SceneButtons key={scene.id} scene={scene} onEdit={() => setEdited(scene)} />
      ))}
      {canChange && (
        <button type="button" class="button" onClick={() => setEdited('new')}>
          <Icon name="plus" />
          {t('scene.save')}
        </button>
      )}
      {edited && (
        <SceneForm scene={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
    </section>
  )
}

interface SceneButtonsProps {
  readonly scene: Scene
  readonly onEdit: () => void
}

function SceneButtons({ scene, onEdit }: SceneButtonsProps) {
  const { http, entities, session, toasts, i18n } = useApp()
  const { t } = i18n
  const canChange = session.can('operator')
  const [apply, isBusy] = useAction(
    useCallback(async () => {
      const { targets } = await http.post<SceneApplied>(`/api/v1/scenes/${scene.id}/apply`)
      for (const { name, error } of targets) {
        if (error) toasts.show('error', t('scene.failed', { name, reason: error.message }))
      }
      await entities.load('targets')
    }, [http, entities, toasts, t, scene.id]),
  )
  return (
    <span class="scene">
      <button type="button" class="button" disabled={isBusy || !canChange} onClick={apply}>
        <Icon name="light" />
        <bdi>{scene.name}</bdi>
      </button>
      {canChange && (
        <button
          type="button"
          class="button"
          aria-label={t('entity.editNamed', { name: scene.name })}
          onClick={onEdit}
        >
          <Icon name="edit" />
        </button>
      )}
    </span>
  )
}
