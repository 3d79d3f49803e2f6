import type { Catalogue } from './catalogue.ts'
import { ruOfApp } from './ru/app.ts'
import { ruOfEditor } from './ru/editor.ts'
import { ruOfLights } from './ru/lights.ts'
import { ruOfLog } from './ru/log.ts'
import { ruOfSettings } from './ru/settings.ts'

export const ru = {
  ...ruOfApp,
  ...ruOfLog,
  ...ruOfLights,
  ...ruOfEditor,
  ...ruOfSettings,
} as const satisfies Catalogue
