/**
 * Whose rows a statement may touch: one tenant's, those of the tenant that a name belongs to, or (for the few
 * statements that reach over all tenants) everyone's. A database that guards its tenants by itself is told so.
 */
export type Scope =
  | { tenantId: string }
  | { kind: 'link' | 'resource' | 'grant' | 'request' | 'workstation' | 'edit' | 'checkpoint'; key: string }
  | 'everywhere'
