import { useCallback } from 'preact/hooks'
import type { Target } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { useAction } from '../ui/use-action.ts'

/** Starts or stops a target. */
export function PowerButton({ target }: { readonly target: Target }) {
  const { http, entities, session, i18n } = useApp()
  const isOn = target.state !== 'stopped'
  const [act, isBusy] = useAction(
    useCallback(async () => {
      await http.post(`/api/v1/targets/${target.id}/${isOn ? 'stop' : 'start'}`)
      await entities.load('targets')
    }, [http, entities, target.id, isOn]),
  )
  return (
    <button
      type="button"
      class={`button ${isOn ? '' : 'primary'}`}
      disabled={isBusy || !session.can('operator')}
      onClick={act}
    >
      <Icon name={isOn ? 'stop' : 'play'} />
      {i18n.t(isOn ? 'target.stop' : 'target.start')}
      <span class="visually-hidden">{target.name}</span>
    </button>
  )
}
