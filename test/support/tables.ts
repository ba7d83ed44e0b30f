/** Every table of tenants' rows. Those that point come before what they point at. */
export const TABLES = [
  'names',
  'view_days',
  'views',
  'counters',
  'requests',
  'outbox',
  'audit',
  'snapshots',
  'grants',
  'resources',
  'tenants',
] as const
