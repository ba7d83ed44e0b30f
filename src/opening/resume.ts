import type { Kernel } from '../kernel.ts'
import { type Visitor, visitorSchema } from '../model/actor.ts'
import { parse } from '../model/input.ts'
import type { OpenedShare } from '../model/opening.ts'
import { resumeAttached } from './attach.ts'
import { resume as resumeOpened } from './open.ts'

/** Goes on by a pass, of a link or of attaching: each is signed by a key of its own. */
export async function resume(kernel: Kernel, pass: string, visitorInput: Visitor): Promise<OpenedShare> {
  const attached = typeof pass === 'string' ? kernel.attachPasses.read(pass, kernel.clock().getTime()) : null
  if (attached === null) return resumeOpened(kernel, pass, visitorInput)
  const visitor = parse(visitorSchema, visitorInput, 'visitor')
  return resumeAttached(kernel, attached, pass, visitor.actor ?? null)
}
