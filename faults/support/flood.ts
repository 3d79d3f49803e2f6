/** What one worker of a flood does. */
export interface FloodPlan {
  /** Records posted in one go. */
  readonly burst: number
  readonly everyMs: number
  /** It falls silent after so many; without it, never. */
  readonly count?: number
  /** Characters in each record beside what numbers it. */
  readonly padding?: number
}

export interface FloodOptions extends FloodPlan {
  /** Different for every life of every worker. */
  readonly source: string
}

export type FloodReport = { readonly kind: 'flooded' }
