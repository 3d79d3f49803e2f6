/** The addresses of the page. The server answers each with the same document, which shows the rest. */
export const PAGE_PATHS = [
  '/',
  '/activity',
  '/devices',
  '/sources',
  '/targets',
  '/targets/:id',
  '/settings',
] as const
export type PagePath = (typeof PAGE_PATHS)[number]
