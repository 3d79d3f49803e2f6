import type { EFFECTS, SCREEN_BACKENDS, SettingsOfSource, SourceType } from '../../protocol/api-sources.ts'

/** How a setting of a source is asked for. */
export type SourceField =
  | {
      readonly kind: 'text'
      readonly example: string
      readonly isNullable?: boolean
      readonly hint?: boolean
    }
  /** `usual`: what the server takes when nothing is given. */
  | { readonly kind: 'number'; readonly usual: number }
  /** Labels are `source.NAME.CHOICE` where there are such, else the choices themselves. */
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'switch'; readonly usual: boolean }
  | { readonly kind: 'color' }
  | { readonly kind: 'colors'; readonly usual: readonly string[]; readonly most: number }
  | { readonly kind: 'stops'; readonly most: number }
  /** Numbers that are given all or not at all. */
  | { readonly kind: 'numbers'; readonly parts: readonly string[] }

const FPS = { kind: 'number', usual: 30 } as const

type Fields = {
  readonly [T in SourceType]: { readonly [K in Exclude<keyof SettingsOfSource<T>, 'type'>]: SourceField }
}

/**
 * The settings each type of source has, in the order they are asked for. Fails to compile when the server's
 * have changed; the server's own table would bring its validator with it.
 */
export const SOURCE_FIELDS = {
  screen: {
    display: { kind: 'text', example: ':0', isNullable: true, hint: true },
    backend: {
      kind: 'choice',
      choices: [
        'auto',
        'x11grab',
        'kmsgrab',
        'ddagrab',
        'gdigrab',
        'avfoundation',
        'node-screenshots',
      ] satisfies typeof SCREEN_BACKENDS,
    },
    region: { kind: 'numbers', parts: ['left', 'top', 'width', 'height'] },
    fps: { kind: 'number', usual: 60 },
  },
  camera: {
    device: { kind: 'text', example: '/dev/video0' },
    size: { kind: 'numbers', parts: ['width', 'height'] },
    fps: FPS,
  },
  video: {
    location: { kind: 'text', example: '/srv/film.mkv', hint: true },
    loop: { kind: 'switch', usual: true },
    fps: FPS,
  },
  testcard: { fps: FPS },
  color: { color: { kind: 'color' } },
  gradient: { stops: { kind: 'stops', most: 16 }, angle_degrees: { kind: 'number', usual: 0 } },
  effect: {
    effect: { kind: 'choice', choices: ['rainbow', 'breathe', 'fire', 'chase'] satisfies typeof EFFECTS },
    speed: { kind: 'number', usual: 1 },
    colors: { kind: 'colors', usual: ['#ff8000', '#0080ff'], most: 8 },
    fps: FPS,
  },
} as const satisfies Fields

export type SourceSettingName = { [T in SourceType]: Exclude<keyof SettingsOfSource<T>, 'type'> }[SourceType]

export const SOURCE_TYPES = Object.keys(SOURCE_FIELDS) as readonly SourceType[]

/** The settings of a type by name. */
export function sourceFieldsOf(type: SourceType): readonly (readonly [SourceSettingName, SourceField])[] {
  return Object.entries(SOURCE_FIELDS[type]) as unknown as readonly (readonly [
    SourceSettingName,
    SourceField,
  ])[]
}

/** The names of all inputs of a type, as the server names them in a mistake. */
export function inputNamesOf(type: SourceType): readonly string[] {
  return sourceFieldsOf(type).flatMap(([name, field]) => {
    if (field.kind === 'numbers') return [name, ...field.parts.map((part) => `${name}.${part}`)]
    if (field.kind === 'colors') return [name, ...count(field.most).map((i) => `${name}.${i}`)]
    if (field.kind === 'stops') {
      return [name, ...count(field.most).flatMap((i) => [`${name}.${i}.at`, `${name}.${i}.color`])]
    }
    return [name]
  })
}

function count(most: number): readonly number[] {
  return Array.from({ length: most }, (_, i) => i)
}
