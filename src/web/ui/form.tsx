import type { ComponentChildren, JSX } from 'preact'
import { useId, useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../api/api-error.ts'
import { useApp } from '../state/app-state.ts'

export interface FormProps {
  /** Fields that are shown: a problem of another field is told at the top. */
  readonly fields: readonly string[]
  readonly submitLabel: string
  readonly onSubmit: (values: FormData) => Promise<unknown>
  readonly onCancel: () => void
  readonly children: (problemOf: (field: string) => string | undefined) => ComponentChildren
}

/** A form whose mistakes are told by the server, next to the field that has them. */
export function Form({ fields, submitLabel, onSubmit, onCancel, children }: FormProps) {
  const { i18n } = useApp()
  const [error, setError] = useState<ApiError>()
  const [isBusy, setBusy] = useState(false)
  const isFieldError = error?.field !== undefined && fields.includes(error.field)
  const problemOf = (field: string): string | undefined =>
    error?.field === field ? toFieldText(error) : undefined

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    setBusy(true)
    setError(undefined)
    try {
      await onSubmit(new FormData(form))
    } catch (cause) {
      const problem = toApiError(cause)
      setError(problem)
      const field = problem.field === undefined ? null : form.elements.namedItem(problem.field)
      if (field instanceof HTMLElement) field.focus()
    } finally {
      setBusy(false)
    }
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)} noValidate>
      {error && !isFieldError && (
        <p class="banner error" role="alert">
          {error.message}
        </p>
      )}
      {children(problemOf)}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onCancel}>
          {i18n.t('app.cancel')}
        </button>
        <button type="submit" class="button primary" disabled={isBusy}>
          {submitLabel}
        </button>
      </footer>
    </form>
  )
}

export interface FieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: string | undefined
  readonly problem: string | undefined
  /** The input, given what ties it to its label and its problem. */
  readonly children: (attributes: FieldAttributes) => JSX.Element
}

export interface FieldAttributes {
  readonly name: string
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string
}

/** A label, its input, and what is wrong with it. */
export function Field({ name, label, hint, problem, children }: FieldProps) {
  const id = useId()
  return (
    <div class="field">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the input is what `children` makes. */}
      <label>
        <span class="field-label">{label}</span>
        {children({ name, 'aria-invalid': problem !== undefined, 'aria-describedby': id })}
      </label>
      <p
        id={id}
        class={problem === undefined ? 'field-hint' : 'field-problem'}
        role={problem === undefined ? undefined : 'alert'}
      >
        {problem ?? hint}
      </p>
    </div>
  )
}

/** The message without the name of the field, which stands above it already. */
function toFieldText({ field = '', message }: ApiError): string {
  return message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message
}

/** A number that was typed; undefined for an empty field, text for what is no number: the server says so. */
export function toNumber(value: FormDataEntryValue | null): number | string | undefined {
  const text = String(value ?? '').trim()
  if (text === '') return undefined
  const number = Number(text)
  return Number.isNaN(number) ? text : number
}
