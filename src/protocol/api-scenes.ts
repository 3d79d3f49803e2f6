import { z } from 'zod'
import { EntityId, Name } from './api-fields.ts'
import { ProcessingPatch } from './api-targets.ts'

/** More lights than that are several scenes. */
const MAX_TARGETS = 200

const sceneTarget = {
  target_id: EntityId,
  is_on: z.boolean().describe('Whether it is started or stopped.'),
}

/** A light of a scene as a caller may write it: what is left out stays as the light has it then. */
const SceneTargetInput = z.strictObject({
  ...sceneTarget,
  source_id: EntityId.nullable().default(null).describe('What it shows; null: what it shows then.'),
  processing: ProcessingPatch.default({}).describe('Only what is given changes.'),
})

const SceneTargets = z
  .array(SceneTargetInput)
  .min(1)
  .max(MAX_TARGETS)
  .refine(
    (targets) => new Set(targets.map(({ target_id: id }) => id)).size === targets.length,
    'must name each target once',
  )

export const SceneCreate = z.strictObject({
  name: Name,
  targets: SceneTargets.optional().describe('Left out: all lights, as they are now.'),
})
export type SceneCreate = z.infer<typeof SceneCreate>

export const SceneUpdate = z.strictObject({ name: Name, targets: SceneTargets }).partial()
export type SceneUpdate = z.infer<typeof SceneUpdate>

/** A named set of lights with their settings, switched at once. Lights it does not name stay as they are. */
export const Scene = z.object({
  id: z.string(),
  name: Name,
  targets: z.array(
    z.object({ ...sceneTarget, source_id: z.string().nullable(), processing: ProcessingPatch }),
  ),
  created_at: z.string(),
})
export type Scene = Readonly<z.infer<typeof Scene>>

/** What became of one light of a scene. */
export const SceneOutcome = z.object({
  target_id: z.string(),
  name: z.string(),
  outcome: z.enum(['started', 'stopped', 'changed', 'unchanged', 'failed']),
  /** Set when it failed. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type SceneOutcome = Readonly<z.infer<typeof SceneOutcome>>

export const SceneApplied = z.object({ scene: Scene, targets: z.array(SceneOutcome) })
export type SceneApplied = Readonly<z.infer<typeof SceneApplied>>
