import { useState } from 'preact/hooks'
import { useApp } from '../state/app-state.ts'
import { Field } from '../ui/form.tsx'
import { Icon } from '../ui/icon.tsx'
import type { SourceField, SourceSettingName } from './source-fields.ts'

export interface SourceInputProps {
  readonly name: SourceSettingName
  readonly field: SourceField
  /** What it is now; undefined for a new source. */
  readonly value: unknown
  readonly problemOf: (field: string) => string | undefined
}

/** The input, or inputs, for one setting of a source. */
export function SourceInput({ name, field, value, problemOf }: SourceInputProps) {
  const { i18n } = useApp()
  const { t } = i18n
  const label = t(`source.${name}`)
  switch (field.kind) {
    case 'text':
      return (
        <Field
          name={name}
          label={label}
          hint={field.hint ? t(`source.${name === 'display' ? 'display' : 'location'}Hint`) : undefined}
          problem={problemOf(name)}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="text"
              placeholder={field.example}
              defaultValue={typeof value === 'string' ? value : ''}
            />
          )}
        </Field>
      )
    case 'number':
      return (
        <NumberInput
          name={name}
          label={label}
          usual={field.usual}
          value={value}
          problem={problemOf(name)}
          {...(name === 'fps' && { hint: t('source.fpsHint') })}
        />
      )
    case 'switch':
      return (
        <label class="check">
          <input
            type="checkbox"
            name={name}
            defaultChecked={typeof value === 'boolean' ? value : field.usual}
          />
          <span>{label}</span>
        </label>
      )
    case 'choice':
      return (
        <Field name={name} label={label} problem={problemOf(name)}>
          {(attributes) => (
            <select {...attributes}>
              {field.choices.map((choice) => (
                <option key={choice} value={choice} selected={choice === value}>
                  {i18n.word(`source.${name}`, choice)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )
    case 'color':
      return <ColorInput name={name} label={label} value={value} problem={problemOf(name)} />
    case 'numbers':
      return (
        <fieldset class="field-group">
          <legend>{label}</legend>
          <div class="form-row">
            {field.parts.map((part) => (
              <NumberInput
                key={part}
                name={`${name}.${part}`}
                label={i18n.word('source.part', part)}
                value={(value as Readonly<Record<string, unknown>> | null | undefined)?.[part]}
                problem={
                  problemOf(`${name}.${part}`) ?? (part === field.parts[0] ? problemOf(name) : undefined)
                }
              />
            ))}
          </div>
        </fieldset>
      )
    case 'colors':
      return (
        <ItemList
          label={label}
          least={1}
          most={field.most}
          items={Array.isArray(value) ? value : field.usual}
          toNext={() => '#ffffff'}
        >
          {(color, i) => (
            <ColorInput
              name={`${name}.${i}`}
              label={t('source.colorOf', { n: i + 1 })}
              value={color}
              problem={problemOf(`${name}.${i}`)}
            />
          )}
        </ItemList>
      )
    case 'stops':
      return (
        <ItemList
          label={label}
          least={2}
          most={field.most}
          items={
            Array.isArray(value)
              ? value
              : [
                  { at: 0, color: '#ff8000' },
                  { at: 1, color: '#0080ff' },
                ]
          }
          toNext={() => ({ at: 1, color: '#ffffff' })}
        >
          {(stop: { readonly at: number; readonly color: string }, i) => (
            <>
              <ColorInput
                name={`${name}.${i}.color`}
                label={t('source.colorOf', { n: i + 1 })}
                value={stop.color}
                problem={problemOf(`${name}.${i}.color`)}
              />
              <NumberInput
                name={`${name}.${i}.at`}
                label={t('source.stopAt')}
                value={Math.round(stop.at * 1_000) / 10}
                problem={problemOf(`${name}.${i}.at`)}
              />
            </>
          )}
        </ItemList>
      )
  }
}

interface InputProps {
  readonly name: string
  readonly label: string
  readonly value: unknown
  readonly problem: string | undefined
  readonly usual?: number
  readonly hint?: string
}

/** A text field, so that what is no number is the server's to refuse. */
function NumberInput({ name, label, value, problem, usual, hint }: InputProps) {
  return (
    <Field name={name} label={label} hint={hint} problem={problem}>
      {(attributes) => (
        <input
          {...attributes}
          type="text"
          inputMode="decimal"
          placeholder={String(usual ?? '')}
          defaultValue={typeof value === 'number' ? value : ''}
        />
      )}
    </Field>
  )
}

function ColorInput({ name, label, value, problem }: InputProps) {
  return (
    <Field name={name} label={label} problem={problem}>
      {(attributes) => (
        <input {...attributes} type="color" defaultValue={typeof value === 'string' ? value : '#ff8000'} />
      )}
    </Field>
  )
}

interface ItemListProps<T> {
  readonly label: string
  readonly items: readonly T[]
  readonly least: number
  readonly most: number
  readonly toNext: () => T
  readonly children: (item: T, index: number) => preact.ComponentChildren
}

/** Rows that can be added to and taken from the end. */
function ItemList<T>({ label, items, least, most, toNext, children }: ItemListProps<T>) {
  const { t } = useApp().i18n
  const [rows, setRows] = useState<readonly T[]>(items)
  return (
    <fieldset class="field-group">
      <legend>{label}</legend>
      {rows.map((row, i) => (
        <div class="form-row" key={i}>
          {children(row, i)}
        </div>
      ))}
      <div class="button-row">
        <button
          type="button"
          class="button small"
          disabled={rows.length >= most}
          onClick={() => setRows([...rows, toNext()])}
        >
          <Icon name="plus" />
          {t('source.addColor')}
        </button>
        <button
          type="button"
          class="button small"
          disabled={rows.length <= least}
          onClick={() => setRows(rows.slice(0, -1))}
        >
          {t('source.removeColor')}
        </button>
      </div>
    </fieldset>
  )
}
