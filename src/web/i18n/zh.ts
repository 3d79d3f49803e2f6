import type { Catalogue } from './catalogue.ts'
import { zhOfApp } from './zh/app.ts'
import { zhOfEditor } from './zh/editor.ts'
import { zhOfLights } from './zh/lights.ts'
import { zhOfLog } from './zh/log.ts'
import { zhOfSettings } from './zh/settings.ts'

export const zh = {
  ...zhOfApp,
  ...zhOfLog,
  ...zhOfLights,
  ...zhOfEditor,
  ...zhOfSettings,
} as const satisfies Catalogue
