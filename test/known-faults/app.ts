import { afterAll, beforeAll } from 'vitest'
import type { HostOptions } from '../../examples/app/host.ts'
import { type Answer, type App, STACKS } from '../http/app.ts'

/** The example's application for a file's cases. What it is mounted on does not matter here: test/http has them all. */
export function useApp(options: Partial<HostOptions> = {}): { readonly app: App } {
  let app: App
  beforeAll(async () => {
    app = await STACKS[0]!.start(options)
  })
  afterAll(() => app.close())
  return {
    get app() {
      return app
    },
  }
}

/** All that somebody gets of an answer: its status, and its bytes. */
export const shown = ({ status, text }: Answer): unknown[] => [status, text]
