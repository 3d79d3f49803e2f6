import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Where `npx vite` finds a running server while somebody works on the page. */
const SERVER_URL = process.env.LEDGRAB_URL ?? 'http://127.0.0.1:8080'
const COMPRESSIBLE = /\.(js|css|html|svg)$/

export default defineConfig({
  root: 'src/web',
  plugins: [compressed()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    // Relative to the root above.
    outDir: '../../dist/web',
    emptyOutDir: true,
    // The first that know the CSS function light-dark().
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // The content policy allows no `data:` addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/api': { target: SERVER_URL, ws: true, changeOrigin: true },
      '/health': { target: SERVER_URL, changeOrigin: true },
    },
  },
})

/**
 * Puts `.br` and `.gz` beside each file, so that the server need not compress while it lights. From the
 * files as they were written: other plugins change them up to that moment.
 */
function compressed(): Plugin {
  return {
    name: 'ledgrab-compressed',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
      for (const fileName of Object.keys(bundle).filter((name) => COMPRESSIBLE.test(name))) {
        const file = join(dir, fileName)
        const bytes = await readFile(file)
        await writeFile(`${file}.br`, brotliCompressSync(bytes, { params }))
        await writeFile(`${file}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }))
      }
    },
  }
}
