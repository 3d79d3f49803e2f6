// shares the machine
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { App } from '../../src/http/app.ts'
import { addPageRoutes } from '../../src/http/page.ts'
import { PAGE_PATHS } from '../../src/protocol/page-paths.ts'
import { call, callOk } from '../support/api.ts'
import { withInProcess } from '../support/in-process-server.ts'
import { tempDir } from '../support/temp-dir.ts'

const page = suite('files of the page')

const MAX_COMPRESSED_BYTES = 150_000
const built = fileURLToPath(new URL('../../dist/web/', import.meta.url))

async function get(url: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(new URL(path, url), { headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** As it goes over the wire: `fetch` would unpack it. */
async function getRaw(url: string, path: string, headers: Readonly<Record<string, string>>) {
  return await new Promise<{ status: number; encoding: string; bytes: Buffer }>((resolve, reject) => {
    const sent = request(new URL(path, url), { headers }, (response) => {
      const chunks: Buffer[] = []
      const { statusCode: status = 0, headers: answered } = response
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status, encoding: answered['content-encoding'] ?? '', bytes: Buffer.concat(chunks) }),
      )
    })
    sent.on('error', reject).end()
  })
}

function assetsOf(document: string): readonly string[] {
  return [...document.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '')
}

page('are under 150 kB compressed in all', () => {
  assert.ok(existsSync(built), 'dist/web exists after the build')
  const sizes = readdirSync(built, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.br'))
    .map((file) => statSync(built + file).size)
  assert.ok(sizes.length >= 6)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  assert.ok(total < MAX_COMPRESSED_BYTES, `${total} bytes`)
})

page('come without a key, under each address of the page, whatever its filters', async () => {
  await withInProcess(async ({ url }) => {
    await callOk(url, 'POST', '/api/v1/keys', { label: 'alice', role: 'admin' })
    for (const path of PAGE_PATHS) {
      const { status, headers, text } = await get(url, `${path}?severities=error&q=a%26b`)
      assert.is(status, 200, path)
      assert.match(headers.get('content-type') ?? '', 'text/html')
      assert.is(headers.get('cache-control'), 'no-cache')
      assert.ok(assetsOf(text).length >= 2, 'names its files')
      for (const asset of assetsOf(text)) {
        const { status: assetStatus, headers: assetHeaders } = await get(url, asset)
        assert.is(assetStatus, 200, asset)
        assert.is(assetHeaders.get('cache-control'), 'public, max-age=31536000, immutable')
      }
    }
    assert.is((await call(url, 'GET', '/api/v1/devices')).status, 401, 'the data need a key')
  })
})

page('allow no code, style or request but their own', async () => {
  await withInProcess(async ({ url }) => {
    const { headers, text } = await get(url, '/')
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, "default-src 'self'")
    assert.match(policy, "object-src 'none'")
    assert.not.match(policy, 'unsafe')
    assert.not.match(text, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/i)
    assert.not.match(text, /(?:src|href)="(?:https?:)?\/\//)
  })
})

page('are sent compressed to whom takes that, and are the same then', async () => {
  await withInProcess(async ({ url }) => {
    const files = readdirSync(`${built}assets`).filter((file) => /\.(js|css)$/.test(file))
    assert.ok(files.length >= 5, 'script, style and the languages')
    for (const path of ['/', ...files.map((file) => `/assets/${file}`)]) {
      const plain = await getRaw(url, path, { 'accept-encoding': 'identity' })
      const zipped = await getRaw(url, path, { 'accept-encoding': 'gzip' })
      const brotli = await getRaw(url, path, { 'accept-encoding': 'br, gzip' })
      assert.equal([plain.encoding, zipped.encoding, brotli.encoding], ['', 'gzip', 'br'], path)
      assert.equal(gunzipSync(zipped.bytes), plain.bytes, path)
      assert.equal(brotliDecompressSync(brotli.bytes), plain.bytes, path)
    }
  })
})

page('are looked at again cheaply', async () => {
  await withInProcess(async ({ url }) => {
    const accepted = { 'accept-encoding': 'gzip' }
    const first = await get(url, '/', accepted)
    const again = await getRaw(url, '/', { ...accepted, 'if-none-match': first.headers.get('etag') ?? '' })
    assert.is(again.status, 304)
  })
})

page('are nothing else of this machine', async () => {
  await withInProcess(async ({ url }) => {
    for (const path of [
      '/assets/..%2findex.html',
      '/assets/%2e%2e%2fpackage.json',
      '/assets/',
      '/assets/.x',
    ]) {
      assert.ok([400, 404].includes((await call(url, 'GET', path)).status), path)
    }
    const missing = await call(url, 'GET', '/assets/none-12345678.js')
    assert.equal([missing.status, missing.body.code], [404, 'LG_ROUTE_NOT_FOUND'])
    const unknown = await call(url, 'GET', '/api/v1/nothing', undefined, { accept: 'text/html' })
    assert.equal([unknown.status, unknown.body.code], [404, 'LG_ROUTE_NOT_FOUND'])
  })
})

page('that were not built are missed in plain words', async () => {
  const folder = `${tempDir()}/web`
  mkdirSync(folder)
  const app = Fastify() as unknown as App
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await addPageRoutes(app, folder)
  const { statusCode, body } = await app.inject('/activity')
  await app.close()
  assert.is(statusCode, 503)
  assert.is(body, 'The page of LedGrab is not built. Run: node bin/setup.js --build\n')
})

page.run()
