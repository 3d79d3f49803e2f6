import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What of a page, as it is now, is not for everybody; empty when nothing. */
export async function findViolations(page: Page): Promise<readonly string[]> {
  // axe brings its own script, which the content policy of the page does not let in.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
  )
}
