import fc from 'fast-check'
import { hostSteps } from './host-steps.ts'
import { linkSteps } from './link-steps.ts'
import { peopleSteps } from './people-steps.ts'
import { readingSteps } from './reading-steps.ts'
import type { Step } from './step.ts'

const steps = { ...hostSteps, ...linkSteps, ...peopleSteps, ...readingSteps }

const often = (weight: number, ...chosen: Array<keyof typeof steps>) =>
  chosen.map((name) => ({ weight, arbitrary: steps[name] }))

/** A history that begins with something to share. */
export const histories: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(steps.register, { minLength: 3, maxLength: 8 }),
    fc.array(steps.create, { minLength: 2, maxLength: 5 }),
    fc.array(steps.add, { minLength: 2, maxLength: 5 }),
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
        ...often(12, 'policy', 'revoke', 'transfer', 'importLink', 'removeLink'),
        ...often(8, ...(Object.keys(readingSteps) as Array<keyof typeof readingSteps>)),
        ...often(12, 'maintain'),
        ...often(8, 'getLink', 'getResource', 'reveal', 'removeAdmin'),
        ...often(4, 'removeMember', 'removeResource'),
        ...often(2, 'forget', 'removeTenant', 'renewSecret'),
      ),
      { minLength: 10, maxLength: 120, size: 'max' },
    ),
  )
  .map((parts) => parts.flat())
