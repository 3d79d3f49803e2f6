import { signal } from '@preact/signals'

/** Where the page is. */
export interface Place {
  /** `/activity` */
  readonly path: string
  readonly query: URLSearchParams
}

/** The address bar as a signal. Addresses are real ones: they can be bookmarked, sent and opened anew. */
export class Router {
  readonly place = signal<Place>(readPlace())

  start(): void {
    window.addEventListener('popstate', () => {
      this.place.value = readPlace()
    })
    document.addEventListener('click', (event) => this.#follow(event))
  }

  /** Goes to an address of the page; `replace` leaves no step in the history. */
  go(address: string, { replace = false }: { readonly replace?: boolean } = {}): void {
    if (address === location.pathname + location.search) return
    if (replace) history.replaceState(null, '', address)
    else history.pushState(null, '', address)
    this.place.value = readPlace()
    if (!replace) document.querySelector('#main')?.scrollTo(0, 0)
  }

  /** Links within the page do not load it anew. */
  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || link.origin !== location.origin || link.hasAttribute('download') || link.target) return
    if (link.pathname.startsWith('/api/')) return
    event.preventDefault()
    this.go(link.pathname + link.search)
  }
}

function readPlace(): Place {
  return {
    path: location.pathname.replace(/(.)\/+$/, '$1'),
    query: new URLSearchParams(location.search),
  }
}
