export {
  type CheckpointsApi,
  createWorkstations,
  type EditsApi,
  type Workstations,
} from './create.ts'
export { createWorkstationRoutes } from './create-routes.ts'
export type {
  BeginEditInput,
  Checkpoint,
  Edit,
  ListWorkstationsInput,
  RegisterWorkstationInput,
  SavedCheckpoint,
  Workstation,
  WorkstationsOptions,
} from './model.ts'
