import { useState } from 'preact/hooks'
import type { SourceType } from '../../protocol/api-sources.ts'
import type { Source } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Form } from '../ui/form.tsx'
import { readSourceForm } from './read-source-form.ts'
import { inputNamesOf, SOURCE_TYPES, sourceFieldsOf } from './source-fields.ts'
import { SourceInput } from './source-input.tsx'

export interface SourceFormProps {
  /** The one to change; undefined: a new one. */
  readonly source: Source | undefined
  readonly onClose: () => void
}

/** Adds a source or changes one. The type of a source stays what it is. */
export function SourceForm({ source, onClose }: SourceFormProps) {
  const { http, entities, i18n } = useApp()
  const { t } = i18n
  const [type, setType] = useState<SourceType>(source?.type ?? 'screen')
  const save = async (values: FormData): Promise<void> => {
    const body = { name: String(values.get('name')), ...readSourceForm(type, values) }
    if (source) await http.put(`/api/v1/sources/${source.id}`, body)
    else await http.post('/api/v1/sources', { ...body, type })
    await entities.load('sources')
    onClose()
  }
  return (
    <Dialog isOpen onClose={onClose} title={t(source ? 'source.edit' : 'source.add')}>
      <Form
        fields={['name', 'type', ...inputNamesOf(type)]}
        submitLabel={t('app.save')}
        onSubmit={save}
        onCancel={onClose}
      >
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
                    onChange={(event) => setType(event.currentTarget.value as SourceType)}
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
            {sourceFieldsOf(type).map(([name, field]) => (
              <SourceInput
                key={`${type} ${name}`}
                name={name}
                field={field}
                value={(source as Readonly<Record<string, unknown>> | undefined)?.[name]}
                problemOf={problemOf}
              />
            ))}
          </>
        )}
      </Form>
    </Dialog>
  )
}
