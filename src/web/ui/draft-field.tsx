import type { InputHTMLAttributes } from 'preact'
import { useState } from 'preact/hooks'

export interface DraftFieldProps {
  readonly label: string
  readonly type: 'text' | 'number' | 'datetime-local'
  readonly value: string
  /** Told what was typed when somebody leaves the field or presses Enter. */
  readonly onCommit: (text: string) => void
  readonly min?: number
  readonly max?: number
  readonly step?: 'any'
  readonly maxLength?: number
  readonly disabled?: boolean
}

/** A labelled input whose text stays as it is typed, whatever is drawn anew around it meanwhile. */
export function DraftField({ label, value, onCommit, ...attributes }: DraftFieldProps) {
  const [draft, setDraft] = useState<string>()
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input
        // Preact's types want to know which of the types it is.
        {...(attributes as InputHTMLAttributes<HTMLInputElement>)}
        value={draft ?? value}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onChange={(event) => {
          onCommit(event.currentTarget.value)
          setDraft(undefined)
        }}
      />
    </label>
  )
}
