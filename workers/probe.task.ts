import { type IncomingMessage, request } from 'node:http'
import { isIP } from 'node:net'
import { toErrorMessage } from '../src/errors.ts'
import { boundText } from '../src/protocol/text.ts'
import { type ProbeRequest, type ProbeResult, parseWledInfo } from '../src/protocol/wled-info.ts'
import { parseWledNodes } from './probe/wled-nodes.ts'

const MAX_BODY_BYTES = 64 * 1024
const MAX_REASON_LENGTH = 200
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed early',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
}

/**
 * Asks a controller who it is. A task for Piscina, which finds it with `{ name: 'probe' }`. What can
 * go wrong with a controller comes back as a result, never as an error.
 */
export async function probe({ address, port, timeoutMs }: ProbeRequest): Promise<ProbeResult> {
  // A name would be looked up a second time, after whoever checked it.
  if (isIP(address) === 0) return { ok: false, reason: 'not an IP address' }
  try {
    return {
      ok: true,
      info: parseWledInfo(parseJson(await getBody('/json/info', { address, port, timeoutMs }))),
    }
  } catch (cause) {
    return { ok: false, reason: toReason(cause) }
  }
}

/** The addresses of the controllers that a WLED knows of; empty when it does not say. As `probe`. */
export async function probeNodes(request: ProbeRequest): Promise<readonly string[]> {
  if (isIP(request.address) === 0) return []
  try {
    return parseWledNodes(parseJson(await getBody('/json/nodes', request)))
  } catch {
    return []
  }
}

/** The body of an answer. When it settles nothing of the exchange is left: the thread may be parked. */
function getBody(path: string, { address, port, timeoutMs }: ProbeRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: address, port, path, agent: false })
    const closed = new Promise<void>((done) => outgoing.once('close', done))
    // The first outcome counts: ending the exchange causes errors of its own.
    const settle = (outcome: () => void): void => {
      clearTimeout(timer)
      outgoing.destroy()
      void closed.then(outcome)
    }
    const fail = (cause: unknown): void => settle(() => reject(cause))
    const timer = setTimeout(() => fail(new Error(`no complete answer within ${timeoutMs} ms`)), timeoutMs)
    outgoing.on('response', (response) => {
      readBody(response).then((body) => settle(() => resolve(body)), fail)
    })
    outgoing.on('error', fail)
    outgoing.end()
  })
}

async function readBody(response: IncomingMessage): Promise<string> {
  // A redirect is an answer like any other that is not 200: following it would leave the address checked.
  if (response.statusCode !== 200) throw new Error(`HTTP status ${response.statusCode}`)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new Error(`more than ${MAX_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new Error('not JSON')
  }
}

function toReason(cause: unknown): string {
  const code = (cause as { code?: unknown }).code
  if (typeof code === 'string' && code.startsWith('HPE_')) return 'not HTTP'
  const known = typeof code === 'string' ? REASONS[code] : undefined
  return known ?? boundText(toErrorMessage(cause), MAX_REASON_LENGTH)
}
