import { posix } from 'node:path'

/** One file's mention of another of ours, both relative to the project folder. */
export interface Import {
  readonly from: string
  readonly to: string
}

/** From the top down; a layer may import those below it. Areas of one layer do not know each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['cli'],
  ['main'],
  ['compose'],
  ['http'],
  ['realtime', 'devices', 'lighting'],
  ['threads'],
  ['activity'],
  ['storage'],
  ['config'],
  ['lib'],
  ['errors'],
]
const LEAVES: readonly string[] = ['protocol', 'led']
/** What code in a worker thread may use of the rest. */
const INSIDE_MAY: readonly string[] = ['threads/inside', 'protocol', 'lib', 'errors']
const WORKERS_MAY: readonly string[] = [...INSIDE_MAY, 'workers', 'led']
/** A task reads the databases on connections of its own, and gives entries out as the API shows them. */
const TASKS_MAY: readonly string[] = [
  ...WORKERS_MAY,
  'storage',
  'src/activity/repository.ts',
  'src/activity/chain.ts',
  'src/activity/entry.ts',
  'src/activity/entry-id.ts',
  'src/activity/stretch-reader.ts',
]

// A string is matched first, so that `//` inside one does not begin a comment.
const STRING_OR_COMMENT =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g
const MENTIONS: readonly RegExp[] = [
  /^\s*(?:import|export)\b[^'"`;=]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  // Dynamic, and as a type: `import('./x.ts').X`.
  /\bimport\s*\(\s*['"`]([^'"`$]+)['"`]/g,
  /\bnew\s+URL\s*\(\s*['"`]([^'"`$]+\.ts)['"`]\s*,\s*import\.meta\.url/g,
]

/** The relative imports of a source text, types and dynamic ones included, in no order. */
export function scanImports(file: string, text: string): readonly Import[] {
  const code = text.replace(STRING_OR_COMMENT, (_match, string?: string) => string ?? ' ')
  return MENTIONS.flatMap((pattern) => [...code.matchAll(pattern)])
    .map((match) => match[1] ?? '')
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => ({ from: file, to: posix.join(posix.dirname(file), specifier) }))
}

/** One line for each import that points the wrong way. */
export function findViolations(imports: readonly Import[]): readonly string[] {
  const tasks = findTaskFiles(imports)
  return imports
    .filter(({ from, to }) => !mayImport(from, to, tasks))
    .map(({ from, to }) => `${from} must not import ${to}`)
}

/** One line for each circle of imports, from its first file back to it. */
export function findCycles(imports: readonly Import[]): readonly string[] {
  const targets = toTargets(imports)
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start >= 0) {
      cycles.push([...path.slice(start), file].join(' → '))
      return
    }
    if (done.has(file)) return
    for (const target of targets.get(file) ?? []) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of targets.keys()) visit(file, [])
  return cycles
}

function mayImport(from: string, to: string, tasks: ReadonlySet<string>): boolean {
  const area = areaOf(from)
  const target = areaOf(to)
  switch (area) {
    case 'workers':
      return (tasks.has(from) ? TASKS_MAY : WORKERS_MAY).some(
        (allowed) => allowed === target || allowed === to,
      )
    case 'threads/inside':
      return INSIDE_MAY.includes(target)
    case 'web':
      return target === 'web' || target === 'protocol'
    case 'protocol':
    case 'led':
      return target === area
    default:
      return mayLayerImport(area, target)
  }
}

function mayLayerImport(area: string, target: string): boolean {
  if (area === 'errors') return false
  if (area === target || LEAVES.includes(target)) return true
  if (area === 'lighting' && target === 'devices') return true
  const layer = layerOf(area)
  // The halves of `threads` share a layer, and the main thread's knows the worker's.
  const targetLayer = layerOf(target === 'threads/inside' ? 'threads' : target)
  if (layer < 0 || targetLayer < 0) return false
  return layer < targetLayer || (area === 'threads' && target === 'threads/inside')
}

function layerOf(area: string): number {
  return LAYERS.findIndex((areas) => areas.includes(area))
}

/** `src/http/routes/x.ts` is of `http`, `src/main.ts` of `main`, everything in `workers/` of `workers`. */
function areaOf(file: string): string {
  if (file.startsWith('workers/')) return 'workers'
  if (file.startsWith('src/threads/inside/')) return 'threads/inside'
  return /^src\/([^/.]+)/.exec(file)?.[1] ?? file
}

/** Files of `workers/` that no long-lived worker reaches: tasks and what only tasks use. */
function findTaskFiles(imports: readonly Import[]): ReadonlySet<string> {
  const targets = toTargets(imports)
  const all = new Set(
    imports.flatMap(({ from, to }) => [from, to]).filter((file) => areaOf(file) === 'workers'),
  )
  const inWorkers = new Set<string>()
  const visit = (file: string): void => {
    if (inWorkers.has(file) || areaOf(file) !== 'workers') return
    inWorkers.add(file)
    for (const target of targets.get(file) ?? []) visit(target)
  }
  for (const file of all) if (file.endsWith('.worker.ts')) visit(file)
  return new Set([...all].filter((file) => !inWorkers.has(file)))
}

function toTargets(imports: readonly Import[]): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>()
  for (const { from, to } of imports) {
    const known = targets.get(from)
    if (known) known.push(to)
    else targets.set(from, [to])
  }
  return targets
}
