import { useCallback } from 'preact/hooks'
import { toApiError } from '../api/api-error.ts'
import type { Target } from '../api/types.ts'
import type { ProcessingPatch } from '../lights/processing-slider.tsx'
import { useApp } from '../state/app-state.ts'

/** Stores a change of a target's processing at once; a refusal is told, and what is stored is shown. */
export function useStore({ id }: Target): (processing: ProcessingPatch) => void {
  const { http, entities, toasts } = useApp()
  return useCallback(
    (processing) => {
      http
        .put(`/api/v1/targets/${id}`, { processing })
        .catch((cause) => toasts.show('error', toApiError(cause).message))
        .finally(() => void entities.load('targets'))
    },
    [http, entities, toasts, id],
  )
}
