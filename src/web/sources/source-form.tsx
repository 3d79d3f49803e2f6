import { useState } from 'preact/hooks'
import type { Source } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Form, toNumber } from '../ui/form.tsx'

export const SOURCE_TYPES = ['screen', 'testcard'] as const satisfies readonly Source['type'][]
const FIELDS = ['name', 'type', 'fps', 'display']

export interface SourceFormProps {
  /** The one to change; undefined: a new one. */
  readonly source: Source | undefined
  readonly onClose: () => void
}

/** Adds a source or changes one. The type of a source stays what it is. */
export function SourceForm({ source, onClose }: SourceFormProps) {
  const { http, entities, i18n } = useApp()
  const { t } = i18n
  const [type, setType] = useState<string>(source?.type ?? 'screen')
  const save = async (values: FormData): Promise<void> => {
    const fps = toNumber(values.get('fps'))
    const body = {
      name: String(values.get('name')),
      ...(fps !== undefined && { fps }),
      ...(type === 'screen' && { display: String(values.get('display') ?? '').trim() || null }),
    }
    if (source) await http.put(`/api/v1/sources/${source.id}`, body)
    else await http.post('/api/v1/sources', { ...body, type })
    await entities.load('sources')
    onClose()
  }
  return (
    <Dialog isOpen onClose={onClose} title={t(source ? 'source.edit' : 'source.add')}>
      <Form fields={FIELDS} submitLabel={t('app.save')} onSubmit={save} onCancel={onClose}>
        {(problemOf) => (
          <>
            <Field name="name" label={t('field.name')} problem={problemOf('name')}>
              {(attributes) => <input {...attributes} type="text" defaultValue={source?.name ?? ''} />}
            </Field>
            {!source && (
              <Field name="type" label={t('field.type')} problem={problemOf('type')}>
                {(attributes) => (
                  <select
                    {...attributes}
                    value={type}
                    onChange={(event) => setType(event.currentTarget.value)}
                  >
                    {SOURCE_TYPES.map((name) => (
                      <option key={name} value={name}>
                        {t(`source.type.${name}`)}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
            )}
            <Field name="fps" label={t('field.fps')} hint={t('source.fpsHint')} problem={problemOf('fps')}>
              {(attributes) => (
                <input {...attributes} type="text" inputMode="numeric" defaultValue={source?.fps ?? ''} />
              )}
            </Field>
            {type === 'screen' && (
              <Field
                name="display"
                label={t('field.display')}
                hint={t('source.displayHint')}
                problem={problemOf('display')}
              >
                {(attributes) => (
                  <input {...attributes} type="text" placeholder=":0" defaultValue={source?.display ?? ''} />
                )}
              </Field>
            )}
          </>
        )}
      </Form>
    </Dialog>
  )
}
