import type { Catalogue } from './catalogue.ts'
import { deOfApp } from './de/app.ts'
import { deOfEditor } from './de/editor.ts'
import { deOfLights } from './de/lights.ts'
import { deOfLog } from './de/log.ts'
import { deOfSettings } from './de/settings.ts'

export const de = {
  ...deOfApp,
  ...deOfLog,
  ...deOfLights,
  ...deOfEditor,
  ...deOfSettings,
} as const satisfies Catalogue
