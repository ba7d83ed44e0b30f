import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type { Bar, Line } from './lines.ts'
import { type Figure, median } from './measure.ts'
import { PLACES, type PlaceName } from './places.ts'

/** A line as it was measured in one place. */
export interface Result {
  line: Line
  place: PlaceName
  ours: Figure
  other: Figure
}

/** Above one where the bar speaks of cost: how much more is ours. Where it speaks of speed: how much faster is ours. */
export const ratioOf = ({ line, ours, other }: Result): number =>
  isFaster(line.bar) ? other.median / ours.median : ours.median / other.median

const isFaster = (bar: Bar | null): bar is { faster: number } => bar !== null && 'faster' in bar

export function isMet(result: Result): boolean | null {
  const { bar } = result.line
  if (bar === null) return null
  return isFaster(bar) ? ratioOf(result) >= bar.faster : ratioOf(result) <= bar.within
}

const barText = ({ bar }: Line): string =>
  bar === null ? '' : isFaster(bar) ? `${bar.faster}× faster` : `within ${bar.within}×`

const verdict = (result: Result): string => {
  const met = isMet(result)
  return met === null ? '' : met ? 'met' : 'missed'
}

export const microseconds = (value: number): string =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value).toString()

const ratioText = (result: Result): string =>
  `${ratioOf(result).toFixed(2)}×${isFaster(result.line.bar) ? ' faster' : ''}`

/** The middle half of the rounds, each with its own ratio: how far the machine let the figures be told apart. */
function spreadText({ line, ours, other }: Result): string {
  const ratios = ours.rounds
    .map((value, round) => value / other.rounds[round]!)
    .map((ratio) => (isFaster(line.bar) ? 1 / ratio : ratio))
    .sort((a, b) => a - b)
  const half = ratios.length >> 1
  const [low, high] = [median(ratios.slice(0, half)), median(ratios.slice(-half))]
  return half === 0 ? '' : `${low.toFixed(2)} to ${high.toFixed(2)}`
}

/** What the figures were taken on, as far as others can compare it. */
export function machine(): string {
  const packaged = (name: string): string =>
    (createRequire(import.meta.url)(`${name}/package.json`) as { version: string }).version
  return `${availableParallelism()} cores, Node ${process.versions.node}, better-sqlite3 ${packaged('better-sqlite3')}, pg ${packaged('pg')}`
}

export function printHead(title: PlaceName | 'without a database'): void {
  console.log(`\n${title === 'without a database' ? title : PLACES[title]}`)
}

export function summary(results: readonly Result[]): string {
  const judged = results.filter(({ line }) => line.bar !== null)
  const missed = judged.filter((result) => !isMet(result))
  const list = missed.map((result) => {
    const { line, place } = result
    return `  ${PLACES[place]}: ${line.operation}, against ${line.against}: ${ratioText(result)}, ${barText(line)}`
  })
  return [`${judged.length - missed.length} of ${judged.length} bars met`, ...list].join('\n')
}

/** For the terminal, as soon as it is known. */
export function print(result: Result): void {
  const { line, ours, other } = result
  const columns = [
    line.operation.padEnd(38),
    line.against.padEnd(26),
    `${microseconds(ours.median)} µs`.padStart(11),
    `${microseconds(other.median)} µs`.padStart(11),
    ratioText(result).padStart(14),
    spreadText(result).padStart(18),
    `  ${barText(line)}`.padEnd(16),
    verdict(result),
  ]
  console.log(columns.join(' ').trimEnd())
}

/** For the README: a table for each place, after what needs none. */
export function tables(results: readonly Result[]): string {
  const head = '| operation | against | ours, µs | other, µs | ratio | bar |\n|---|---|--:|--:|--:|---|'
  const row = (result: Result): string => {
    const { line, ours, other } = result
    const bar = [barText(line), verdict(result)].filter((text) => text !== '').join(': ')
    const figures = [microseconds(ours.median), microseconds(other.median), ratioText(result)]
    return `| ${[line.operation, line.against, ...figures, bar].join(' | ')} |`
  }
  const table = (title: string, some: readonly Result[]): string[] =>
    some.length === 0 ? [] : [`**${title}**`, [head, ...some.map(row)].join('\n')]
  const inPlace = (name: PlaceName) =>
    results.filter(({ line, place }) => line.part !== 'mint' && place === name)
  return [
    ...table(
      'Without a database',
      results.filter(({ line }) => line.part === 'mint'),
    ),
    ...(Object.keys(PLACES) as PlaceName[]).flatMap((name) => table(PLACES[name], inPlace(name))),
  ].join('\n\n')
}

/** Puts text between a pair of markers in the README. A pair that is not there yet comes after the bench's own. */
export function writeReadme(marker: 'bench' | 'scale' | 'people', content: string): void {
  const readme = new URL('../README.md', import.meta.url)
  const text = readFileSync(readme, 'utf8')
  const [start, end, own] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`, '<!-- /bench -->']
  const block = `${start}\n\n${content}\n\n${end}`
  const from = text.indexOf(start)
  if (from >= 0) {
    writeFileSync(readme, text.slice(0, from) + block + text.slice(text.indexOf(end) + end.length))
  } else {
    const at = text.indexOf(own) + own.length
    writeFileSync(readme, `${text.slice(0, at)}\n\n${block}${text.slice(at)}`)
  }
}
