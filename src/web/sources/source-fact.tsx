import { toShownLocation } from '../../protocol/video-location.ts'
import { useApp } from '../state/app-state.ts'
import type { SourceField, SourceSettingName } from './source-fields.ts'

export interface SourceFactProps {
  readonly name: SourceSettingName
  readonly field: SourceField
  readonly value: unknown
}

/** What one setting of a source is, for people. */
export function SourceFact({ name, field, value }: SourceFactProps) {
  const { i18n } = useApp()
  switch (field.kind) {
    case 'switch':
      return <>{i18n.t(value === true ? 'app.yes' : 'app.no')}</>
    case 'choice':
      return <>{i18n.word(`source.${name}`, String(value))}</>
    case 'numbers':
      return <>{field.parts.map((part) => (value as Readonly<Record<string, number>>)[part]).join(', ')}</>
    case 'color':
      return <Swatches colors={[String(value)]} />
    case 'colors':
      return <Swatches colors={value as readonly string[]} />
    case 'stops':
      return <Swatches colors={(value as readonly { readonly color: string }[]).map(({ color }) => color)} />
    default:
      return <bdi>{name === 'location' ? toShownLocation(String(value)) : String(value)}</bdi>
  }
}

function Swatches({ colors }: { readonly colors: readonly string[] }) {
  return (
    <span class="swatches">
      {colors.map((color, i) => (
        <span key={i} class="swatch" style={{ background: color }} role="img" aria-label={color} />
      ))}
    </span>
  )
}
