/**
 * Does what a stranger does: installs the packed package into an empty folder, and runs the first lines of the
 * README there. It needs a build, so it is a script of its own and no test.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { typescriptBlocks } from './blocks.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sharegrant-quickstart-'))
const run = (cwd: string, command: string, ...options: string[]): string =>
  execFileSync(command, options, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const packed = JSON.parse(
    run(root, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  )
  const tarball = join(folder, packed[0].filename)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
  const driver = `better-sqlite3@${devDependencies['better-sqlite3']}`
  run(folder, 'npm', 'install', '--no-audit', '--no-fund', tarball, driver)
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  writeFileSync(join(folder, 'share.ts'), typescriptBlocks(readme)[0]!.code)
  const printed = run(folder, process.execPath, 'share.ts')
  const expected = /^https:\/\/example\.com\/share\/shr_\w{49}\nOur plan \[ 'view' \]\n1\n$/
  if (!expected.test(printed)) throw new Error(`the first lines of the README printed:\n${printed}`)
  console.log('the first lines of the README open a link')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
