import { enOfApp } from './en/app.ts'
import { enOfEditor } from './en/editor.ts'
import { enOfLights } from './en/lights.ts'
import { enOfLog } from './en/log.ts'
import { enOfSettings } from './en/settings.ts'

/** The texts of the page. The keys of this catalogue are those of every other. */
export const en = {
  ...enOfApp,
  ...enOfLog,
  ...enOfLights,
  ...enOfEditor,
  ...enOfSettings,
} as const
