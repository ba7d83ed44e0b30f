/**
 * Judges what Stryker found: at least 95 of 100 mutants are killed, and each that survived is one that was accepted,
 * with its reason, in `survivors.json`. `--write` brings the table in the README of this folder up to date.
 */
import { readFile, writeFile } from 'node:fs/promises'

interface Place {
  line: number
  column: number
}

/** What is used of Stryker's report. */
interface Report {
  files: Record<
    string,
    {
      source: string
      mutants: Array<{
        status: string
        replacement?: string
        location: { start: Place; end: Place }
      }>
    }
  >
}

/** A mutant, known by what it changes and not by its line, which moves. */
interface Survivor {
  file: string
  /** The text that is replaced, its white space as one space. */
  was: string
  becomes: string
  /** Why no test can tell them apart, or why none needs to. */
  why: string
}
type Found = Omit<Survivor, 'why'> & { at: Place }

const LEAST = 95
const at = (path: string): URL => new URL(path, import.meta.url)
const short = (text: string): string => text.replace(/\s+/g, ' ').trim()
const keyOf = ({ file, was, becomes }: Omit<Survivor, 'why'>): string => [file, was, becomes].join('\n')

const report = JSON.parse(await readFile(at('report/mutation.json'), 'utf8')) as Report
const accepted = JSON.parse(await readFile(at('survivors.json'), 'utf8')) as Survivor[]

let killed = 0
const alive: Found[] = []
for (const [file, { source, mutants }] of Object.entries(report.files)) {
  for (const { status, replacement = '', location } of mutants) {
    if (status === 'Killed' || status === 'Timeout') killed++
    if (status !== 'Survived' && status !== 'NoCoverage') continue
    const was = short(textAt(source, location))
    alive.push({ file, was, becomes: short(replacement), at: location.start })
  }
}

function textAt(source: string, { start, end }: { start: Place; end: Place }): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  return lines
    .map((line, index) =>
      line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
    )
    .join('\n')
}

const reasons = new Map(accepted.map((one) => [keyOf(one), one.why]))
const unexplained = alive.filter((one) => !reasons.has(keyOf(one)))
const alivekeys = new Set(alive.map(keyOf))
const gone = accepted.filter((one) => !alivekeys.has(keyOf(one)))
const score = (100 * killed) / (killed + alive.length)

console.log(`${killed} of ${killed + alive.length} mutants killed: ${score.toFixed(1)} %`)
for (const one of unexplained) console.log(`survives: ${JSON.stringify({ ...one, line: one.at.line })}`)
for (const one of gone) console.log(`accepted, and killed or no more there: ${JSON.stringify(one)}`)
if (process.argv.includes('--write')) await writeTable()
process.exitCode = unexplained.length > 0 || gone.length > 0 || score < LEAST ? 1 : 0

async function writeTable(): Promise<void> {
  const code = (text: string): string => `\`\` ${text.replaceAll('|', '\\|') || '(nothing)'} \`\``
  const rows = alive.map(
    (one) =>
      `| ${one.file}:${one.at.line} | ${code(one.was)} | ${code(one.becomes)} | ${reasons.get(keyOf(one)) ?? ''} |`,
  )
  const path = at('README.md')
  const [before, , after] = (await readFile(path, 'utf8')).split(/<!-- survivors -->|<!-- \/survivors -->/)
  const table = ['| where | what stands there | the mutant | why it survives |', '|---|---|---|---|', ...rows]
  await writeFile(
    path,
    `${before}<!-- survivors -->\n\n${score.toFixed(1)} % of ${killed + alive.length} mutants killed.\n\n${table.join('\n')}\n\n<!-- /survivors -->${after}`,
  )
}
