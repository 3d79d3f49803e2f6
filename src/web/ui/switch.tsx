import { useApp } from '../state/app-state.ts'

export interface SwitchProps {
  readonly label: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

/** Something that is on or off, and may be switched by who may change things. */
export function Switch({ label, isOn, onChange }: SwitchProps) {
  const { session } = useApp()
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={isOn}
        disabled={!session.can('operator')}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  )
}
