import { ApiError } from './api-error.ts'

export type QueryValue = string | number | readonly string[] | undefined
export type Query = Readonly<Record<string, QueryValue>>

export interface HttpClientOptions {
  /** The API key to send; undefined where none is kept. */
  readonly token: () => string | undefined
  /** Told when the server does not accept the key that was sent, or that none was. */
  readonly onUnauthorized: (token: string | undefined) => void
}

/** Calls the API of the server the page came from. Every failure is an `ApiError`. */
export class HttpClient {
  readonly #options: HttpClientOptions

  constructor(options: HttpClientOptions) {
    this.#options = options
  }

  async get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return await this.#call<T>('GET', toUrl(path, query), undefined, signal)
  }

  async post<T>(path: string, body?: object): Promise<T> {
    return await this.#call<T>('POST', path, body)
  }

  async put<T>(path: string, body: object): Promise<T> {
    return await this.#call<T>('PUT', path, body)
  }

  async delete<T>(path: string): Promise<T> {
    return await this.#call<T>('DELETE', path)
  }

  /** Fetches a file with the key in its header, where a link could not carry it. */
  async fetchFile(path: string, query: Query = {}): Promise<{ readonly name: string; readonly blob: Blob }> {
    const response = await this.#fetch('GET', toUrl(path, query))
    const disposition = response.headers.get('content-disposition') ?? ''
    const name = /filename="([^"]+)"/.exec(disposition)?.[1] ?? 'ledgrab'
    return { name, blob: await response.blob() }
  }

  async #call<T>(method: string, url: string, body?: object, signal?: AbortSignal): Promise<T> {
    const response = await this.#fetch(method, url, body, signal)
    const text = await response.text()
    // The server and the page share the types of `src/protocol`; it has validated what it sends.
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  async #fetch(method: string, url: string, body?: object, signal?: AbortSignal): Promise<Response> {
    const token = this.#options.token()
    const response = await fetch(url, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    }).catch((cause: unknown) => {
      if (signal?.aborted) throw cause
      throw new ApiError(0, 'PAGE_OFFLINE', 'the server does not answer')
    })
    if (response.ok) return response
    const error = await readError(response)
    if (error.status === 401) this.#options.onUnauthorized(token)
    throw error
  }
}

/** `path` with those parameters of `query` that are given; lists are comma-separated. */
export function toUrl(path: string, query: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue
    if (typeof value === 'object') {
      if (value.length > 0) search.set(name, value.join(','))
    } else search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

async function readError(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { code?: unknown; message?: unknown; field?: unknown }
    return new ApiError(
      response.status,
      String(body.code ?? 'LG_INTERNAL'),
      String(body.message ?? response.statusText),
      typeof body.field === 'string' ? body.field : undefined,
    )
  } catch {
    return new ApiError(response.status, 'LG_INTERNAL', response.statusText || `HTTP ${response.status}`)
  }
}
