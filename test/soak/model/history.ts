import fc from 'fast-check'
import { canvasSteps } from './canvas-steps.ts'
import { hostSteps, registered } from './host-steps.ts'
import { linkSteps } from './link-steps.ts'
import { peopleSteps } from './people-steps.ts'
import { readingSteps } from './reading-steps.ts'
import type { Step } from './step.ts'

const steps = { ...hostSteps, ...linkSteps, ...peopleSteps, ...readingSteps, ...canvasSteps }

const often = (weight: number, ...chosen: Array<keyof typeof steps>) =>
  chosen.map((name) => ({ weight, arbitrary: steps[name] }))

/** A history that begins with something to share. */
export const histories: fc.Arbitrary<Step[]> = fc
  .tuple(
    registered('d1'),
    registered('d2'),
    fc.array(steps.register, { minLength: 1, maxLength: 6 }),
    fc.array(steps.create, { minLength: 2, maxLength: 5 }),
    fc.array(steps.add, { minLength: 2, maxLength: 5 }),
    fc.array(steps.shareSnapshot, { minLength: 1, maxLength: 3 }),
    fc.array(steps.giveSnapshot, { minLength: 1, maxLength: 3 }),
    fc.array(fc.oneof(steps.open, steps.mint, steps.attachAsGiven), { minLength: 2, maxLength: 4 }),
    fc.array(
      fc.oneof(
        ...often(60, 'open'),
        ...often(30, 'create', 'rotate'),
        ...often(20, 'resume', 'peek', 'updateLink', 'pass', 'setVisibility', 'updateResource', 'register'),
        ...often(25, 'add'),
        ...often(8, 'setRole', 'people', 'claim', 'attach'),
        ...often(30, 'request', 'requests', 'leaveAsNamed'),
        ...often(12, 'requestByToken', 'accept'),
        ...often(20, 'approve', 'deny'),
        ...often(4, 'approveUnseen', 'denyUnseen', 'leave'),
        ...often(4, 'removePerson', 'removeGroupMember'),
        ...often(12, 'policy', 'revoke', 'transfer', 'removeLink'),
        ...often(20, 'importLink'),
        ...often(8, ...(Object.keys(readingSteps) as Array<keyof typeof readingSteps>)),
        ...often(12, 'maintain'),
        ...often(15, 'giveSnapshot', 'refreshSnapshot', 'refresh'),
        ...often(20, 'shareSnapshot'),
        ...often(20, 'mint', 'fork'),
        ...often(12, 'edit', 'attachAsGiven', 'openAgain', 'goOn'),
        ...often(20, 'verify'),
        ...often(15, 'meanwhile'),
        ...often(8, 'getLink', 'getResource', 'reveal', 'removeAdmin'),
        ...often(4, 'removeMember'),
        ...often(6, 'removeResource'),
        ...often(2, 'forget', 'removeTenant', 'renewSecret'),
      ),
      { minLength: 10, maxLength: 120, size: 'max' },
    ),
  )
  .map((parts) => parts.flat())
