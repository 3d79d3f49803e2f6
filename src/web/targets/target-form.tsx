import type { Target } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Form } from '../ui/form.tsx'

const FIELDS = ['name', 'device_id', 'source_id']

export interface TargetFormProps {
  /** The one to change; undefined: a new one. */
  readonly target: Target | undefined
  readonly onClose: () => void
}

/** Ties a source to a device. */
export function TargetForm({ target, onClose }: TargetFormProps) {
  const { http, entities, router, i18n } = useApp()
  const { t } = i18n
  const save = async (values: FormData): Promise<void> => {
    const body = Object.fromEntries(FIELDS.map((field) => [field, String(values.get(field) ?? '')]))
    if (target) {
      await http.put(`/api/v1/targets/${target.id}`, body)
    } else {
      const made = await http.post<Target>('/api/v1/targets', body)
      router.go(`/targets/${made.id}`)
    }
    await entities.load('targets')
    onClose()
  }
  return (
    <Dialog isOpen onClose={onClose} title={t(target ? 'target.edit' : 'target.add')}>
      <Form fields={FIELDS} submitLabel={t('app.save')} onSubmit={save} onCancel={onClose}>
        {(problemOf) => (
          <>
            <Field name="name" label={t('field.name')} problem={problemOf('name')}>
              {(attributes) => <input {...attributes} type="text" defaultValue={target?.name ?? ''} />}
            </Field>
            <Field name="source_id" label={t('field.source')} problem={problemOf('source_id')}>
              {(attributes) => (
                <select {...attributes} defaultValue={target?.source_id ?? ''}>
                  {entities.sources.value?.map(({ id, name }) => (
                    <option key={id} value={id} selected={id === target?.source_id}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <Field name="device_id" label={t('field.device')} problem={problemOf('device_id')}>
              {(attributes) => (
                <select {...attributes} defaultValue={target?.device_id ?? ''}>
                  {entities.devices.value?.map(({ id, name }) => (
                    <option key={id} value={id} selected={id === target?.device_id}>
                      {name}
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
