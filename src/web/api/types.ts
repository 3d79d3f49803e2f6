import type { z } from 'zod'
import type { DeviceWithHealth } from '../../protocol/api-devices.ts'
import type { FoundControllerSchema } from '../../protocol/api-discovery.ts'

export type { ActivityEntry, Category, Severity } from '../../protocol/activity.ts'
export type { DeviceInput } from '../../protocol/api-devices.ts'
export type { ListedKey, NewKey } from '../../protocol/api-keys.ts'
export type { PruneReport, VerifyReport } from '../../protocol/api-log.ts'
export type { Scene, SceneApplied } from '../../protocol/api-scenes.ts'
export type { SourceWithCapture as Source } from '../../protocol/api-sources.ts'

import type { Target } from '../../protocol/api-targets.ts'

export type { DeviceType } from '../../protocol/device-settings.ts'
export type { RetentionSettings } from '../../protocol/retention.ts'
export type { Role, ServerEvent } from '../../protocol/server-events.ts'
export type { Target }

export type StripLayout = Extract<Target['layout'], { type: 'strip' }>
export type MatrixLayout = Extract<Target['layout'], { type: 'matrix' }>

export type Device = Readonly<z.infer<typeof DeviceWithHealth>>
/** A controller on the network that is not yet a device. */
export type FoundController = Readonly<z.infer<typeof FoundControllerSchema>>
