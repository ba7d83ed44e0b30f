import type { Actor, VerifiedRef } from '../../../src/index.ts'
import { actorOf, type Side } from './side.ts'
import { ROOT } from './world.ts'

/**
 * What was found good of the data refs that were handed out, though nothing stands behind it any more: no right to see
 * what is live, no snapshot that was given, no link that is open.
 */
export async function unfounded(side: Side): Promise<string | null> {
  for (const [index, { token, by }] of side.refs.entries()) {
    const ref = await side.sharing.refs.verify(token, by).catch(() => null)
    if (ref !== null && !(await stands(side, ref as VerifiedRef<'document'>, by))) {
      return `ref ${index}, ${ref.mode}`
    }
  }
  return null
}

async function stands(
  side: Side,
  { resource, mode, grantId }: VerifiedRef<'document'>,
  by: Actor | null,
): Promise<boolean> {
  const { sharing, links } = side
  const root = actorOf(side, ROOT)
  const link = links.find(({ id }) => id === grantId)
  if (link !== undefined) {
    const found = await sharing.links.get(root, link.id).catch(() => null)
    return found !== null && found.status !== 'revoked' && found.status !== 'expired'
  }
  if (mode === 'live') {
    const { considered } = await sharing.explain(by, 'view', resource)
    return considered.some(
      ({ source, outcome }) =>
        outcome === 'allowed' && (source.kind === 'grant' ? source.grantId : null) === grantId,
    )
  }
  const people = await sharing.collaborators.list(root, resource)
  return people.some(({ id }) => id === grantId)
}
