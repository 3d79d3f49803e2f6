import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Curve } from './result.ts'

const INK = '#57606a'

/** Draws each curve as `FOLDER/ID.svg`, readable on light and dark pages. */
export async function drawCurves(curves: readonly Curve[], folder: string): Promise<void> {
  for (const curve of curves) {
    const { spec } = compile(toSpec(curve))
    const view = new View(parse(spec), { renderer: 'none' })
    writeFileSync(join(folder, `${curve.id}.svg`), `${await view.toSVG()}\n`)
    view.finalize()
  }
}

function toSpec({ title, x, y, series }: Curve): TopLevelSpec {
  const axis = ({ title: name, isLog }: Curve['x'], field: string) => ({
    field,
    type: 'quantitative' as const,
    title: name,
    scale: { type: isLog ? ('log' as const) : ('linear' as const), nice: !isLog },
  })
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: title, anchor: 'start', fontSize: 13 },
    width: 560,
    height: 280,
    background: 'white',
    data: { values: series.flatMap(({ name, points }) => points.map(([px, py]) => ({ name, px, py }))) },
    mark: { type: 'line', point: true },
    encoding: {
      x: axis(x, 'px'),
      y: axis(y, 'py'),
      color: { field: 'name', type: 'nominal', title: null, sort: series.map(({ name }) => name) },
    },
    config: {
      font: 'system-ui, sans-serif',
      axis: { labelColor: INK, titleColor: INK, gridColor: '#eaeef2' },
      range: { category: { scheme: 'tableau10' } },
    },
  }
}
