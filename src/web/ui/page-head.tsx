import type { ComponentChildren } from 'preact'

export interface PageHeadProps {
  readonly title: string
  readonly lead?: string
  readonly children?: ComponentChildren
}

/** The heading of a page, with what can be done there beside it. */
export function PageHead({ title, lead, children }: PageHeadProps) {
  return (
    <div class="page-head">
      <div>
        <h1>{title}</h1>
        {lead !== undefined && <p class="lead">{lead}</p>}
      </div>
      {children !== undefined && <div class="page-actions">{children}</div>}
    </div>
  )
}
